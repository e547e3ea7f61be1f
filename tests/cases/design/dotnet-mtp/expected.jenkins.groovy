// Written by signalbox design; signalbox design --explain says why. What you change here is kept: the next run merges it.
// deliver
pipeline {
  agent none
  options {
    disableConcurrentBuilds()
  }
  stages {
    stage('stage-1') {
      parallel {
        stage('test') {
          // Build and test
          agent {
            docker {
              image 'mcr.microsoft.com/dotnet/sdk:10.0.104'
              label 'docker'
            }
          }
          options {
            timeout(time: 15, unit: 'MINUTES')
          }
          environment {
            HOME = '/tmp'
          }
          steps {
            sh label: 'Install the packages', script: 'dotnet restore Shop.slnx'
            sh label: 'Build', script: 'dotnet build Shop.slnx --configuration Release --no-restore'
            // Test, 80 % covered
            sh '''
              rm -rf reports/dotnet
              dotnet test --solution Shop.slnx --configuration Release --no-build --results-directory "$PWD/reports/dotnet" --report-xunit-trx --coverage --coverage-output-format cobertura
              find reports/dotnet -name \'*.cobertura.xml\' -exec cat {} + | sed -n \'s/.*<coverage [^>]*lines-covered="\\([0-9]*\\)"[^>]*lines-valid="\\([0-9]*\\)".*/\\1 \\2/p\' | awk \'{ covered += $1; valid += $2 } END { share = valid ? 100 * covered / valid : 0; printf "line coverage %.1f%%, expected at least 80%%\\n", share; exit share >= 80 ? 0 : 1 }\'
            '''
          }
          post {
            always {
              // Keep the reports
              stash name: 'reports', includes: 'reports/dotnet/**'
              archiveArtifacts artifacts: 'reports/dotnet/**'
            }
          }
        }
        stage('scan') {
          // Scan
          agent {
            label 'docker'
          }
          options {
            timeout(time: 15, unit: 'MINUTES')
          }
          steps {
            // Scan dependencies and configuration
            sh '''
              docker run --rm --volume "$PWD:/src" --workdir /src aquasec/trivy:0.58.1@sha256:ab70a02200597efa04748f210f793936eb647cbcdb0ea69cc30b226d6f5a22c7 fs --exit-code 1 --severity CRITICAL --scanners vuln,misconfig /src
              docker run --rm --volume "$PWD:/src" --workdir /src aquasec/trivy:0.58.1@sha256:ab70a02200597efa04748f210f793936eb647cbcdb0ea69cc30b226d6f5a22c7 fs --exit-code 1 --severity HIGH --ignore-unfixed --scanners vuln,misconfig /src
            '''
            sh label: 'Look for secrets in every commit', script: 'docker run --rm --volume "$PWD:/src" --workdir /src zricethezav/gitleaks:v8.21.2@sha256:0e99e8821643ea5b235718642b93bb32486af9c8162c8b8731f7cbdc951a7f46 git --redact --no-banner /src'
            sh label: 'Scan the code', script: 'docker run --rm --volume "$PWD:/src" --workdir /src semgrep/semgrep:1.99.0@sha256:ae27024c16f7848cdbfd49c24ed0b78b13f13b85fcd7b87c679aaa8b0c0dce98 semgrep scan --config p/default --error --severity ERROR --metrics off /src'
          }
        }
      }
    }
  }
}
