"""How far a model's answers move when pictures are damaged, disguised or attacked."""
