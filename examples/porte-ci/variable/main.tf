terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}

variable "aws_region" {
  type = string
}

provider "aws" {
  region = var.aws_region
}

resource "aws_s3_bucket" "dossiers" {
  bucket = "exemple-dossiers"
}

resource "aws_db_instance" "registre" {
  identifier        = "registre"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  allocated_storage = 100
  storage_encrypted = true
  kms_key_id        = aws_kms_key.registre.arn
}

resource "aws_kms_key" "registre" {
  description = "Registre"
}
