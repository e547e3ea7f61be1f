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
              image 'golang:1.25.5@sha256:31c1e53dfc1cc2d269deec9c83f58729fa3c53dc9a576f6426109d1e319e9e9a'
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
            sh label: 'Build', script: 'go build -o bin/shop .'
            // Test, 80 % covered
            sh '''
              go test -race -coverprofile=coverage.out ./...
              go tool cover -func=coverage.out | awk \'/^total:/ { share = $3 + 0; seen = 1 } END { printf "line coverage %.1f%%, expected at least 80%%\\n", share; exit (seen && share >= 80) ? 0 : 1 }\'
            '''
            // Keep what was built
            stash name: 'application', includes: 'bin/**'
            archiveArtifacts artifacts: 'bin/**'
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
    stage('deploy-staging') {
      // Deploy to staging
      agent {
        docker {
          image 'golang:1.25.5@sha256:31c1e53dfc1cc2d269deec9c83f58729fa3c53dc9a576f6426109d1e319e9e9a'
          label 'docker'
        }
      }
      // environment: staging
      when {
        branch 'main'
      }
      options {
        timeout(time: 60, unit: 'MINUTES')
      }
      environment {
        HOME = '/tmp'
      }
      steps {
        sh label: 'Begin with the commit alone', script: 'git clean -ffdxq'
        // Bring the application
        unstash 'application'
        // Fetch signalbox
        sh '''
          test -n "$SIGNALBOX_URL" || { echo \'SIGNALBOX_URL is not set; expected the address of the control plane\'; exit 1; }
          test -n "$SIGNALBOX_SHA256" || { echo \'SIGNALBOX_SHA256 is not set; expected the SHA-256 of its program\'; exit 1; }
          mkdir -p .signalbox
          printf \'*\\n\' > .signalbox/.gitignore
          curl -fsS --retry 5 --max-time 600 --output .signalbox/signalbox "$SIGNALBOX_URL/download/signalbox"
          echo "${SIGNALBOX_SHA256#sha256:}  .signalbox/signalbox" | sha256sum -c -
          chmod +x .signalbox/signalbox
        '''
        withCredentials([string(credentialsId: 'SIGNALBOX_TOKEN_STAGING', variable: 'SIGNALBOX_TOKEN')]) {
          // Deploy
          sh '''
            rm -f release.txt
            mkdir -p .git/info
            grep -qsxF /bin/ .git/info/exclude || printf \'\\n%s\\n\' /bin/ >> .git/info/exclude
            grep -qsxF /release.txt .git/info/exclude || printf \'\\n%s\\n\' /release.txt >> .git/info/exclude
            rm -rf .signalbox/evidence
            mkdir -p .signalbox/evidence
            .signalbox/signalbox sbom --accept-gaps --output .signalbox/evidence/sbom.cdx.json
            .signalbox/signalbox deploy --env staging --no-build --evidence .signalbox/evidence --once "$BUILD_TAG" --release-file release.txt
          '''
        }
        // Keep which release it is
        stash name: 'release', includes: 'release.txt'
        archiveArtifacts artifacts: 'release.txt'
      }
    }
    stage('deploy-production') {
      // Deploy to production
      agent {
        docker {
          image 'golang:1.25.5@sha256:31c1e53dfc1cc2d269deec9c83f58729fa3c53dc9a576f6426109d1e319e9e9a'
          label 'docker'
        }
      }
      // environment: production
      when {
        branch 'main'
      }
      options {
        skipDefaultCheckout()
        timeout(time: 60, unit: 'MINUTES')
      }
      environment {
        HOME = '/tmp'
      }
      steps {
        // Bring the release
        unstash 'release'
        // Fetch signalbox
        sh '''
          test -n "$SIGNALBOX_URL" || { echo \'SIGNALBOX_URL is not set; expected the address of the control plane\'; exit 1; }
          test -n "$SIGNALBOX_SHA256" || { echo \'SIGNALBOX_SHA256 is not set; expected the SHA-256 of its program\'; exit 1; }
          mkdir -p .signalbox
          printf \'*\\n\' > .signalbox/.gitignore
          curl -fsS --retry 5 --max-time 600 --output .signalbox/signalbox "$SIGNALBOX_URL/download/signalbox"
          echo "${SIGNALBOX_SHA256#sha256:}  .signalbox/signalbox" | sha256sum -c -
          chmod +x .signalbox/signalbox
        '''
        withCredentials([string(credentialsId: 'SIGNALBOX_TOKEN_PRODUCTION', variable: 'SIGNALBOX_TOKEN')]) {
          // Promote
          sh '''
release=$(cat release.txt)
case $release in \'\' | -* | *[!a-z0-9.-]*) echo \'release.txt has no id of a release\'; exit 1 ;; esac
.signalbox/signalbox release promote "$release" --to production
'''
        }
      }
    }
  }
}
