"""The actions that make what keeps data in a region: what a control policy must deny there for nothing to be kept.

From the service authorization reference; `tests/sources/aws/test_making.py` holds that every regional kind that keeps
data is here, and that each action is one of its service's operations. What a service makes of itself (a recorder of
configuration, the one directory of sign-in of an organisation) is not chosen by region, and AWS's own template for
denying regions exempts it: `UNCHOSEN`.
"""

from __future__ import annotations

from collections.abc import Mapping

MAKING: Mapping[str, tuple[str, ...]] = {
    "AWS::ACMPCA::CertificateAuthority": ("acm-pca:CreateCertificateAuthority",),
    "AWS::APS::Workspace": ("aps:CreateWorkspace",),
    "AWS::AmazonMQ::Broker": ("mq:CreateBroker",),
    "AWS::Backup::BackupVault": ("backup:CreateBackupVault",),
    "AWS::Backup::RecoveryPoint": ("backup:StartBackupJob",),
    "AWS::Bedrock::CustomModel": ("bedrock:CreateCustomModel", "bedrock:CreateModelCustomizationJob"),
    "AWS::Bedrock::KnowledgeBase": ("bedrock:CreateKnowledgeBase",),
    "AWS::Cassandra::Keyspace": ("cassandra:Create",),
    "AWS::CloudTrail::EventDataStore": ("cloudtrail:CreateEventDataStore",),
    "AWS::CodeArtifact::Domain": ("codeartifact:CreateDomain",),
    "AWS::CodeCommit::Repository": ("codecommit:CreateRepository",),
    "AWS::Cognito::UserPool": ("cognito-idp:CreateUserPool",),
    "AWS::Connect::Instance": ("connect:CreateInstance", "connect:ReplicateInstance"),
    "AWS::DAX::Cluster": ("dax:CreateCluster",),
    "AWS::DRS::SourceServer": ("drs:CreateExtendedSourceServer",),
    "AWS::DSQL::Cluster": ("dsql:CreateCluster",),
    "AWS::DirectoryService::MicrosoftAD": ("ds:CreateDirectory", "ds:CreateMicrosoftAD"),
    "AWS::DocDB::DBCluster": ("rds:CreateDBCluster",),
    "AWS::DocDBElastic::Cluster": ("docdb-elastic:CreateCluster",),
    "AWS::DynamoDB::Backup": ("dynamodb:CreateBackup",),
    "AWS::DynamoDB::Table": ("dynamodb:CreateTable",),
    "AWS::EC2::FlowLog": ("ec2:CreateFlowLogs",),
    "AWS::EC2::Image": ("ec2:CopyImage", "ec2:CreateImage", "ec2:RegisterImage"),
    "AWS::EC2::Instance": ("ec2:RunInstances",),
    "AWS::EC2::Snapshot": ("ec2:CopySnapshot", "ec2:CreateSnapshot", "ec2:CreateSnapshots"),
    "AWS::EC2::Volume": ("ec2:CreateVolume",),
    "AWS::ECR::Repository": ("ecr:CreateRepository",),
    "AWS::EFS::FileSystem": ("elasticfilesystem:CreateFileSystem",),
    "AWS::EKS::Cluster": ("eks:CreateCluster",),
    "AWS::EMR::Cluster": ("elasticmapreduce:RunJobFlow",),
    "AWS::ElastiCache::CacheCluster": ("elasticache:CreateCacheCluster",),
    "AWS::ElastiCache::ReplicationGroup": ("elasticache:CreateReplicationGroup",),
    "AWS::ElastiCache::ServerlessCache": ("elasticache:CreateServerlessCache",),
    "AWS::FSx::Backup": ("fsx:CopyBackup", "fsx:CreateBackup"),
    "AWS::FSx::FileSystem": ("fsx:CreateFileSystem", "fsx:CreateFileSystemFromBackup"),
    "AWS::Glue::Database": ("glue:CreateDatabase",),
    "AWS::Grafana::Workspace": ("grafana:CreateWorkspace",),
    "AWS::GuardDuty::Detector": ("guardduty:CreateDetector",),
    "AWS::HealthImaging::Datastore": ("medical-imaging:CreateDatastore",),
    "AWS::HealthLake::FHIRDatastore": ("healthlake:CreateFHIRDatastore",),
    "AWS::Kinesis::Stream": ("kinesis:CreateStream",),
    "AWS::Lightsail::Disk": ("lightsail:CreateDisk",),
    "AWS::Lightsail::Instance": ("lightsail:CreateInstances",),
    "AWS::Lightsail::InstanceSnapshot": ("lightsail:CopySnapshot", "lightsail:CreateInstanceSnapshot"),
    "AWS::Logs::LogGroup": ("logs:CreateLogGroup",),
    "AWS::MSK::Cluster": ("kafka:CreateCluster", "kafka:CreateClusterV2"),
    "AWS::MemoryDB::Cluster": ("memorydb:CreateCluster",),
    "AWS::Neptune::DBCluster": ("rds:CreateDBCluster",),
    "AWS::OpenSearchServerless::Collection": ("aoss:CreateCollection",),
    "AWS::OpenSearchService::Domain": ("es:CreateDomain",),
    "AWS::QuickSight::DataSet": ("quicksight:CreateDataSet",),
    "AWS::RDS::DBCluster": ("rds:CreateDBCluster",),
    "AWS::RDS::DBClusterSnapshot": ("rds:CopyDBClusterSnapshot", "rds:CreateDBClusterSnapshot"),
    "AWS::RDS::DBInstance": ("rds:CreateDBInstance", "rds:CreateDBInstanceReadReplica"),
    "AWS::RDS::DBInstanceAutomatedBackup": ("rds:StartDBInstanceAutomatedBackupsReplication",),
    "AWS::RDS::DBSnapshot": ("rds:CopyDBSnapshot", "rds:CreateDBSnapshot"),
    "AWS::Redshift::Cluster": ("redshift:CreateCluster",),
    "AWS::RedshiftServerless::Namespace": ("redshift-serverless:CreateNamespace",),
    "AWS::S3::Bucket": ("s3:CreateBucket",),
    "AWS::S3Express::DirectoryBucket": ("s3express:CreateBucket",),
    "AWS::S3Tables::TableBucket": ("s3tables:CreateTableBucket",),
    "AWS::S3Vectors::VectorBucket": ("s3vectors:CreateVectorBucket",),
    "AWS::SNS::Topic": ("sns:CreateTopic",),
    "AWS::SQS::Queue": ("sqs:CreateQueue",),
    "AWS::SSM::Parameter": ("ssm:PutParameter",),
    "AWS::SageMaker::Domain": ("sagemaker:CreateDomain",),
    "AWS::SageMaker::FeatureGroup": ("sagemaker:CreateFeatureGroup",),
    "AWS::SageMaker::NotebookInstance": ("sagemaker:CreateNotebookInstance",),
    "AWS::SecretsManager::Secret": ("secretsmanager:CreateSecret",),
    "AWS::SecurityHub::FindingAggregator": ("securityhub:CreateFindingAggregator",),
    "AWS::StorageGateway::Gateway": ("storagegateway:ActivateGateway",),
    "AWS::Timestream::Database": ("timestream:CreateDatabase",),
    "AWS::Timestream::InfluxDBInstance": ("timestream-influxdb:CreateDbInstance",),
}
"""Native type → the IAM actions each of which makes one."""

UNCHOSEN = frozenset({"AWS::Config::ConfigurationAggregator", "AWS::Config::DeliveryChannel", "AWS::SSO::Instance"})
"""Native types whose services AWS's own template for denying regions exempts (`config:*`, `sso:*`)."""

MAKING_ACTIONS = frozenset(action for actions in MAKING.values() for action in actions)
"""All of them."""
