"""The machine below the site: databases, disk, logs, health, starting and staying up."""
