"""The doctor's rounds: what each looks at and how. What the findings are called is handlers/doctor.py."""
