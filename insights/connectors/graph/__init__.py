"""Microsoft Graph: SMTP AUTH sign-ins of a Microsoft 365 directory, and how many messages their accounts sent."""
