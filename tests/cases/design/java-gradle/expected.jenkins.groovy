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
              image 'maven:3.9.9-eclipse-temurin-17@sha256:f58d59b6273e785ac0a4477f6e9b5ba1d7731c75b906c0f7b34076f1851318cc'
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
            sh label: 'Build', script: 'sh ./gradlew --no-daemon --console=plain assemble'
            // Test, 80 % covered
            sh '''
              rm -rf reports/java
              mkdir -p reports/java
              echo \'allprojects { plugins.withId("java") { apply plugin: "jacoco"; tasks.named("jacocoTestReport") { reports { csv.required = true } } } }\' > reports/java/jacoco.init.gradle
              ended=0
              sh ./gradlew --no-daemon --console=plain --continue --init-script reports/java/jacoco.init.gradle check jacocoTestReport || ended=$?
              find . -path \'*/build/test-results/*/TEST-*.xml\' -exec cp {} reports/java/ \\;
              [ "$ended" -eq 0 ]
              find . -path \'*/build/reports/jacoco/*/jacocoTestReport.csv\' -exec cat {} + | awk -F, \'$1 != "GROUP" { all += $8 + $9; hit += $9 } END { share = all ? 100 * hit / all : 0; printf "line coverage %.1f%%, expected at least 80%%\\n", share; exit share >= 80 ? 0 : 1 }\'
            '''
          }
          post {
            always {
              // Keep the reports
              stash name: 'reports', includes: 'reports/java/**'
              archiveArtifacts artifacts: 'reports/java/**'
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
