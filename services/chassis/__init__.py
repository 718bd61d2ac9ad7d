"""The microservice chassis: mechanism only, no word of our domain. A fourth service would use it unchanged."""
