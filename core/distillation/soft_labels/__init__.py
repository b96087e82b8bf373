"""Can soft labels from an autoencoder replace a teacher?"""
