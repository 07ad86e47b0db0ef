"""What alert senders say, one file for each, and whom they mean. Pure: a decoded body in, records out."""
