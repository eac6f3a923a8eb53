terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}

# La racine est à Montréal. / The root is in Montréal.
provider "aws" {
  region = "ca-central-1"
}

resource "aws_s3_bucket" "dossiers" {
  bucket = "exemple-dossiers"
}

# Le module apporte son propre fournisseur. / The module brings its own provider.
module "archive" {
  source = "./modules/archive"
}
