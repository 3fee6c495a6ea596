"""Exact hands: can true joints teach MediaPipe's hand network to read blur, and the body to say where a hand is?

Two studies, learned from rendered truth alone (D1 train, eight signers; the last two are left out while anything is
chosen, and come in for what is judged): `squares`, where a hand is searched for, and `tail`, how it is read.

The rules, before any test clip or real hand is looked at. Judged once, on D1 test and TD2, BG-UNet, three looks, the
path "frames", all clips, intervals by clip: the hands that are found then are read once more on their own squares by
the network with its new tail. That helps if the difference of PCK@0.2 of found hands, paired by clip, lies above 0 on
both sets, and the share of false hands rises on neither. The goal is 95 % and at most .5 % false, at 1.3 times the
time. The second judge chooses nothing. What does not help is told in the lab notes.
"""
