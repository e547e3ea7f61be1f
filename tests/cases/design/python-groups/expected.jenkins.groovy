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
              image 'python:3.14.2@sha256:6d58c1a9444bc2664f0fa20c43a592fcdb2698eb9a9c32257516538a2746c19a'
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
            // Install what is locked
            sh '''
              python -m venv .venv
              .venv/bin/pip install poetry==2.1.1
              .venv/bin/poetry install --no-interaction --with test
            '''
            // Test, 80 % covered
            sh '''
              mkdir -p reports/python
              printf \'%s\\n\' \'[run]\' \'source = .\' \'omit = tests/*, */tests/*, test/*, test_*.py, */test_*.py, *_test.py, conftest.py, */conftest.py, setup.py, noxfile.py, docs/*\' > reports/python/coverage.cfg
              .venv/bin/poetry run pytest --junitxml=reports/python/junit.xml --cov --cov-config=reports/python/coverage.cfg --cov-report=term --cov-report=xml --cov-fail-under=80
            '''
          }
          post {
            always {
              // Keep the reports
              stash name: 'reports', includes: 'reports/python/**,coverage.xml'
              archiveArtifacts artifacts: 'reports/python/**,coverage.xml'
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
