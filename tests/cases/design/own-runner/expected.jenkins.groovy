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
              image 'node:24.11.1@sha256:9a2ed90cd91b1f3412affe080b62e69b057ba8661d9844e143a6bbd76a23260f'
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
            sh label: 'Install what is locked', script: 'npm ci'
            sh label: 'Build', script: 'npm run build'
            // Test, 80 % covered
            sh '''
              mkdir -p reports/node
              node --test --experimental-test-coverage --test-reporter=spec --test-reporter-destination=stdout --test-reporter=junit --test-reporter-destination=reports/node/junit.xml --test-reporter=lcov --test-reporter-destination=reports/node/lcov.info
              find . \\( -name node_modules -o -name dist -o -name build -o -name coverage -o -name reports -o -name \'.?*\' \\) -prune -o -type f \\( -name \'*.js\' -o -name \'*.[cm]js\' \\) -print > reports/node/sources.txt
              awk -F: \'function ours(file) { return file !~ /(^|\\/)(tests?|__tests__)\\/|(^|\\/)test(-[^\\/]*)?\\.[cm]?[jt]s$|[._-](test|spec)\\.[cm]?[jt]sx?$|\\.(config|d)\\.[cm]?[jt]s$/ } /^SF:/ { name = $2; seen[name] = 1; own = ours(name); if (own && name ~ //) loaded = 1 } own && /^LF:/ { all += $2 } own && /^LH:/ { hit += $2 } FILENAME ~ /sources/ { sub(/^\\.\\//, ""); if (loaded && ours($0) && !($0 in seen)) { while ((getline line < $0) > 0) if (line ~ /[^ \\t\\r]/) all++; close($0) } } END { share = all ? 100 * hit / all : 0; printf "line coverage %.1f%%, expected at least 80%%\\n", share; exit share >= 80 ? 0 : 1 }\' reports/node/lcov.info reports/node/sources.txt
            '''
            // Keep what was built
            stash name: 'application', includes: 'dist/**'
            archiveArtifacts artifacts: 'dist/**'
          }
          post {
            always {
              // Keep the reports
              stash name: 'reports', includes: 'reports/node/**'
              archiveArtifacts artifacts: 'reports/node/**'
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
    stage('deploy-production') {
      // Deploy to production
      agent {
        docker {
          image 'node:24.11.1@sha256:9a2ed90cd91b1f3412affe080b62e69b057ba8661d9844e143a6bbd76a23260f'
          label 'docker'
        }
      }
      // environment: production
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
        // Bring the reports
        unstash 'reports'
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
        withCredentials([string(credentialsId: 'SIGNALBOX_TOKEN_PRODUCTION', variable: 'SIGNALBOX_TOKEN')]) {
          // Deploy
          sh '''
            rm -f release.txt
            mkdir -p .git/info
            grep -qsxF /dist/ .git/info/exclude || printf \'\\n%s\\n\' /dist/ >> .git/info/exclude
            grep -qsxF /reports/node/ .git/info/exclude || printf \'\\n%s\\n\' /reports/node/ >> .git/info/exclude
            grep -qsxF /release.txt .git/info/exclude || printf \'\\n%s\\n\' /release.txt >> .git/info/exclude
            rm -rf .signalbox/evidence
            mkdir -p .signalbox/evidence
            mv reports/node .signalbox/evidence/
            .signalbox/signalbox sbom --accept-gaps --output .signalbox/evidence/sbom.cdx.json
            .signalbox/signalbox deploy --env production --no-build --evidence .signalbox/evidence --once "$BUILD_TAG" --release-file release.txt
          '''
        }
      }
    }
  }
}
