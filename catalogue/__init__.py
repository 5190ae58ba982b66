"""The procedure catalogue: one typed record a procedure, where records come from and how they are kept."""
