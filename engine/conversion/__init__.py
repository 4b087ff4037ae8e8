"""Cloning without a neural network: a base voice says it, and its sound is made similar to somebody's.

What differs between two voices is measured where both say the same words: how high they speak and how far their pitch
goes, and how the envelopes of their spectra map onto each other. That is a few thousand numbers, found in less than a
minute, and applied with WORLD (Morise et al. 2016, https://doi.org/10.1587/transinf.2015EDP7457). It makes a similar
voice, no more: how similar, and how well it is understood, is measured and told.
"""
