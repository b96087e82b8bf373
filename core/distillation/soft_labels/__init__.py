"""The experiment on soft labels: whether those of an autoencoder replace a teacher."""
