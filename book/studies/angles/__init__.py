"""Letters of strangers' hands: twenty joint angles beside R3's polar form."""
