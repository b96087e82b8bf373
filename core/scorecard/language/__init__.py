"""Language models as subjects: the safety room's twins, with a fault where one is planted, and models as they come."""
