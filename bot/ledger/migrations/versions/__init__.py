"""The steps. MariaDB commits within a step, so each has to bear being begun a second time."""
