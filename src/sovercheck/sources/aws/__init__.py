"""AWS, read through boto3: the accounts of an organisation, region by region, kind by kind."""
