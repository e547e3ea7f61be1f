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
              image 'node:22.12.0@sha256:0e910f435308c36ea60b4cfd7b80208044d77a074d16b768a81901ce938a62dc'
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
            sh label: 'Test, 80 % covered', script: 'npx --no-install c8 --all --check-coverage --lines 80 --reporter text --reporter cobertura npm run test'
          }
          post {
            always {
              // Keep the reports
              stash name: 'reports', includes: 'coverage/cobertura-coverage.xml'
              archiveArtifacts artifacts: 'coverage/cobertura-coverage.xml'
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
    stage('image') {
      // Build, sign and attest the image
      agent {
        label 'docker'
      }
      when {
        branch 'main'
      }
      options {
        timeout(time: 30, unit: 'MINUTES')
      }
      environment {
        REGISTRY_PASSWORD = credentials('REGISTRY_PASSWORD')
        COSIGN_PRIVATE_KEY = credentials('COSIGN_PRIVATE_KEY')
        COSIGN_PASSWORD = credentials('COSIGN_PASSWORD')
      }
      steps {
        // Sign in to the registry
        sh 'echo "${REGISTRY_PASSWORD}" | docker login --username "${REGISTRY_USER}" --password-stdin "${REGISTRY}"'
        // Build the image
        sh '''
          docker build --pull --file Dockerfile --tag "$IMAGE:${GIT_COMMIT}" .
          docker save --output image.tar "$IMAGE:${GIT_COMMIT}"
        '''
        // Scan the image
        sh '''
          docker run --rm --volume "$PWD:/src" --workdir /src aquasec/trivy:0.58.1@sha256:ab70a02200597efa04748f210f793936eb647cbcdb0ea69cc30b226d6f5a22c7 image --exit-code 1 --severity CRITICAL --scanners vuln --input /src/image.tar
          docker run --rm --volume "$PWD:/src" --workdir /src aquasec/trivy:0.58.1@sha256:ab70a02200597efa04748f210f793936eb647cbcdb0ea69cc30b226d6f5a22c7 image --exit-code 1 --severity HIGH --ignore-unfixed --scanners vuln --input /src/image.tar
        '''
        // Push the image
        sh '''
          docker push "$IMAGE:${GIT_COMMIT}"
          docker image inspect --format \'{{range .RepoDigests}}{{println .}}{{end}}\' "$IMAGE:${GIT_COMMIT}" | awk -F@ -v name="${IMAGE#docker.io/}" \'($1 == name || $1 == "docker.io/" name) && !seen++\' > image.txt
          test -s image.txt
        '''
        sh label: 'Write the bill of materials', script: 'docker run --rm --volume "$PWD:/src" --workdir /src aquasec/trivy:0.58.1@sha256:ab70a02200597efa04748f210f793936eb647cbcdb0ea69cc30b226d6f5a22c7 image --format cyclonedx --output /src/sbom.cdx.json --input /src/image.tar'
        sh label: 'Sign the image', script: 'docker run --rm --user 0 --env HOME=/tmp --env DOCKER_CONFIG=/docker --env COSIGN_PRIVATE_KEY --env COSIGN_PASSWORD --env COSIGN_PUBLIC_KEY --volume "${DOCKER_CONFIG:-$HOME/.docker}:/docker:ro" --volume "$PWD:/src" --workdir /src ghcr.io/sigstore/cosign/cosign:v2.5.0@sha256:e82eb6d42ccb6bc048d8d9e5e598e4d5178e1af6c00e54e02c9b0569c5f3ec11 sign --yes --key env://COSIGN_PRIVATE_KEY "$(cat image.txt)"'
        sh label: 'Attest the bill of materials', script: 'docker run --rm --user 0 --env HOME=/tmp --env DOCKER_CONFIG=/docker --env COSIGN_PRIVATE_KEY --env COSIGN_PASSWORD --env COSIGN_PUBLIC_KEY --volume "${DOCKER_CONFIG:-$HOME/.docker}:/docker:ro" --volume "$PWD:/src" --workdir /src ghcr.io/sigstore/cosign/cosign:v2.5.0@sha256:e82eb6d42ccb6bc048d8d9e5e598e4d5178e1af6c00e54e02c9b0569c5f3ec11 attest --yes --key env://COSIGN_PRIVATE_KEY --type cyclonedx --predicate /src/sbom.cdx.json "$(cat image.txt)"'
        sh label: 'Say how it was built', script: 'printf \'{"buildDefinition":{"buildType":"%s","externalParameters":{"source":"%s"},"resolvedDependencies":[{"uri":"git+%s","digest":{"gitCommit":"%s"}}]},"runDetails":{"builder":{"id":"%s"},"metadata":{"invocationId":"%s"}}}\\n\' \'https://www.jenkins.io/doc/book/pipeline/syntax/\' "$GIT_URL" "$GIT_URL" "${GIT_COMMIT}" "$JENKINS_URL" "$BUILD_URL" > provenance.json'
        sh label: 'Attest how it was built', script: 'docker run --rm --user 0 --env HOME=/tmp --env DOCKER_CONFIG=/docker --env COSIGN_PRIVATE_KEY --env COSIGN_PASSWORD --env COSIGN_PUBLIC_KEY --volume "${DOCKER_CONFIG:-$HOME/.docker}:/docker:ro" --volume "$PWD:/src" --workdir /src ghcr.io/sigstore/cosign/cosign:v2.5.0@sha256:e82eb6d42ccb6bc048d8d9e5e598e4d5178e1af6c00e54e02c9b0569c5f3ec11 attest --yes --key env://COSIGN_PRIVATE_KEY --type slsaprovenance1 --predicate /src/provenance.json "$(cat image.txt)"'
        // Keep the digest
        stash name: 'image', includes: 'image.txt'
        archiveArtifacts artifacts: 'image.txt'
      }
    }
    stage('verify') {
      // Verify the image
      agent {
        label 'docker'
      }
      when {
        branch 'main'
      }
      options {
        skipDefaultCheckout()
        timeout(time: 15, unit: 'MINUTES')
      }
      environment {
        REGISTRY_PASSWORD = credentials('REGISTRY_PASSWORD')
      }
      steps {
        // Sign in to the registry
        sh 'echo "${REGISTRY_PASSWORD}" | docker login --username "${REGISTRY_USER}" --password-stdin "${REGISTRY}"'
        // Bring the digest
        unstash 'image'
        sh label: 'Verify the signature', script: 'docker run --rm --user 0 --env HOME=/tmp --env DOCKER_CONFIG=/docker --env COSIGN_PRIVATE_KEY --env COSIGN_PASSWORD --env COSIGN_PUBLIC_KEY --volume "${DOCKER_CONFIG:-$HOME/.docker}:/docker:ro" --volume "$PWD:/src" --workdir /src ghcr.io/sigstore/cosign/cosign:v2.5.0@sha256:e82eb6d42ccb6bc048d8d9e5e598e4d5178e1af6c00e54e02c9b0569c5f3ec11 verify --key env://COSIGN_PUBLIC_KEY "$(cat image.txt)"'
        sh label: 'Verify the bill of materials', script: 'docker run --rm --user 0 --env HOME=/tmp --env DOCKER_CONFIG=/docker --env COSIGN_PRIVATE_KEY --env COSIGN_PASSWORD --env COSIGN_PUBLIC_KEY --volume "${DOCKER_CONFIG:-$HOME/.docker}:/docker:ro" --volume "$PWD:/src" --workdir /src ghcr.io/sigstore/cosign/cosign:v2.5.0@sha256:e82eb6d42ccb6bc048d8d9e5e598e4d5178e1af6c00e54e02c9b0569c5f3ec11 verify-attestation --key env://COSIGN_PUBLIC_KEY --type cyclonedx "$(cat image.txt)" > verified-sbom.json'
        // Verify the provenance
        sh '''
          docker run --rm --user 0 --env HOME=/tmp --env DOCKER_CONFIG=/docker --env COSIGN_PRIVATE_KEY --env COSIGN_PASSWORD --env COSIGN_PUBLIC_KEY --volume "${DOCKER_CONFIG:-$HOME/.docker}:/docker:ro" --volume "$PWD:/src" --workdir /src ghcr.io/sigstore/cosign/cosign:v2.5.0@sha256:e82eb6d42ccb6bc048d8d9e5e598e4d5178e1af6c00e54e02c9b0569c5f3ec11 verify-attestation --key env://COSIGN_PUBLIC_KEY --type slsaprovenance1 "$(cat image.txt)" > verified-provenance.json
          sed -n \'s/.*"payload":"\\([^"]*\\)".*/\\1/p\' verified-provenance.json | while read -r payload; do printf \'%s\' "$payload" | base64 -d; done | grep -qF \'"gitCommit":"\'"${GIT_COMMIT}"\'"\'
        '''
      }
    }
  }
}
