"""What a country sets for its clinics: numbers, words, and the law on a patient's data."""

from dataclasses import dataclass
from typing import Literal

CountryCode = Literal["AU", "CA", "GB", "IE", "NZ", "US"]


@dataclass(frozen=True)
class Country:
    """One country as pages speak of it.

    Every text stands in the middle of a sentence: "Go to the …", "see a …", "The law is …",
    "You may complain to …". privacy_regulator ends with the regulator's own address.
    """

    name: str
    emergency_number: str
    emergency_department: str
    physiotherapist: str
    family_doctor: str
    privacy_law: str
    privacy_regulator: str


# Emergency numbers as each country's own services publish them. Laws by their official short
# titles; where states and provinces have laws of their own, the text says so and names no others.
COUNTRIES: dict[CountryCode, Country] = {
    "AU": Country(
        name="Australia",
        emergency_number="000",
        emergency_department="emergency department",
        physiotherapist="physiotherapist",
        family_doctor="GP",
        privacy_law="the Privacy Act 1988 and, in some states and territories, "
        "a law on health records",
        privacy_regulator="the Office of the Australian Information Commissioner (oaic.gov.au)",
    ),
    "CA": Country(
        name="Canada",
        emergency_number="911",
        emergency_department="emergency department",
        physiotherapist="physiotherapist",
        family_doctor="family doctor",
        privacy_law="the Personal Information Protection and Electronic Documents Act (PIPEDA) "
        "or the law of the province, such as the Personal Information Protection Act "
        "in British Columbia",
        privacy_regulator="the privacy commissioner of your province, "
        "or the Privacy Commissioner of Canada (priv.gc.ca)",
    ),
    "GB": Country(
        name="the United Kingdom",
        emergency_number="999",
        emergency_department="A&E department",
        physiotherapist="physiotherapist",
        family_doctor="GP",
        privacy_law="the UK GDPR and the Data Protection Act 2018",
        privacy_regulator="the Information Commissioner's Office (ico.org.uk)",
    ),
    "IE": Country(
        name="Ireland",
        emergency_number="112",
        emergency_department="emergency department",
        physiotherapist="physiotherapist",
        family_doctor="GP",
        privacy_law="the General Data Protection Regulation (GDPR) "
        "and the Data Protection Act 2018",
        privacy_regulator="the Data Protection Commission (dataprotection.ie)",
    ),
    "NZ": Country(
        name="New Zealand",
        emergency_number="111",
        emergency_department="emergency department",
        physiotherapist="physiotherapist",
        family_doctor="GP",
        privacy_law="the Privacy Act 2020 and the Health Information Privacy Code 2020",
        privacy_regulator="the Privacy Commissioner (privacy.org.nz)",
    ),
    "US": Country(
        name="the United States",
        emergency_number="911",
        emergency_department="emergency room",
        physiotherapist="physical therapist",
        family_doctor="primary care doctor",
        privacy_law="the Health Insurance Portability and Accountability Act (HIPAA), "
        "where it applies, and the law of the state",
        privacy_regulator="the Office for Civil Rights of the US Department of Health and "
        "Human Services (hhs.gov/ocr)",
    ),
}
