terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}

# La région vient de l’environnement de la machine. / The region comes from the machine’s environment.
provider "aws" {}

resource "aws_s3_bucket" "dossiers" {
  bucket = "exemple-dossiers"
}
