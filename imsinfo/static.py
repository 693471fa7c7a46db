from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise, with hashed files kept for a year instead of ten."""

    FOREVER = 365 * 24 * 60 * 60
