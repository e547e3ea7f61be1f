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
              image 'python:3.12.8@sha256:2e726959b8df5cd9fd95a4cbd6dcd23d8a89e750e9c2c5dc077ba56365c6a925'
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
              .venv/bin/pip install --requirement requirements.txt
              .venv/bin/pip install --requirement requirements-dev.txt
            '''
            // Test, 80 % covered
            sh '''
              mkdir -p reports/python
              printf \'%s\\n\' \'[run]\' \'source = .\' \'omit = tests/*, */tests/*, test/*, test_*.py, */test_*.py, *_test.py, conftest.py, */conftest.py, setup.py, noxfile.py, docs/*\' > reports/python/coverage.cfg
              .venv/bin/pytest --junitxml=reports/python/junit.xml --cov --cov-config=reports/python/coverage.cfg --cov-report=term --cov-report=xml --cov-fail-under=80
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
    stage('deploy-staging') {
      // Deploy to staging
      agent {
        docker {
          image 'alpine/k8s:1.34.1@sha256:ec714df3813b5405292860f8a1c55c5727bf8c33c88992f1e981efad8065547f'
          label 'docker'
          args '--entrypoint='
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
        // Bring the digest
        unstash 'image'
        // Reach the cluster
        sh '''
          rm -f outcome.txt now.yaml before.json rendered.yaml
          export KUBECONFIG=kubeconfig
          printf \'%s\\n\' \'jq -n "{apiVersion: \\"client.authentication.k8s.io/v1\\", kind: \\"ExecCredential\\", status: {token: env.KUBE_TOKEN}}"\' > kube-token.sh
          printf \'%s\\n\' "$KUBE_CA" > kube-ca.pem
          kubectl config set-cluster cluster --server="$KUBE_SERVER" --certificate-authority=kube-ca.pem --embed-certs
          kubectl config set-credentials job --exec-api-version=client.authentication.k8s.io/v1 --exec-interactive-mode=Never --exec-command=sh --exec-arg=kube-token.sh
          kubectl config set-context deploy --cluster=cluster --user=job
          kubectl config use-context deploy
        '''
        withCredentials([string(credentialsId: 'KUBE_TOKEN', variable: 'KUBE_TOKEN')]) {
          // Deploy
          sh '''
export KUBECONFIG=kubeconfig
reference=$(cat image.txt)
commit="$GIT_COMMIT"
sed -e "s|sha256:0000000000000000000000000000000000000000000000000000000000000000|${reference#*@}|" -e "s|0000000000000000000000000000000000000000|$commit|" -e "s|registry.invalid/shop|${reference%@*}|" delivery/argo-cd/staging.yaml > now.yaml
kubectl apply view-last-applied -f now.yaml -o json > before.json || : > before.json
if kubectl apply -f now.yaml \\
  && kubectl wait --namespace argocd application/shop-staging --for=jsonpath=\'{.status.operationState.syncResult.revision}\'="$commit" --timeout=10m \\
  && kubectl wait --namespace argocd application/shop-staging --for=jsonpath=\'{.status.operationState.phase}\'=Succeeded --timeout=10m \\
  && { kubectl wait --namespace argocd application/shop-staging --for=jsonpath=\'{.status.health.status}\'=Progressing --timeout=1m || :; } \\
  && kubectl wait --namespace argocd application/shop-staging --for=jsonpath=\'{.status.health.status}\'=Healthy --timeout=25m
then echo succeeded > outcome.txt
else
  echo failed > outcome.txt
  if [ -s before.json ]; then kubectl apply -f before.json && echo rolledBack > outcome.txt; fi
  exit 1
fi
'''
        }
      }
      post {
        always {
          withCredentials([string(credentialsId: 'SIGNALBOX_TOKEN', variable: 'SIGNALBOX_TOKEN')]) {
            // Tell how it went
            sh '''
              test -n "$SIGNALBOX_URL" || { echo \'SIGNALBOX_URL is not set: nobody is told\'; exit 0; }
              test -f outcome.txt || { echo \'nothing was deployed: nobody is told\'; exit 0; }
              outcome=$(cat outcome.txt)
              rm outcome.txt
              token=$SIGNALBOX_TOKEN
              printf \'{"id":"%s","source":"%s","application":"%s","environment":"%s","release":"%s","outcome":"%s","finishedAt":"%s","changes":[{"commit":"%s","committedAt":"%s"}]}\' "$BUILD_NUMBER-staging" "$JOB_URL" shop staging "$GIT_COMMIT" "$outcome" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$GIT_COMMIT" "$(git log -1 --format=%cI)" > deployment.json
              printf \'Authorization: Bearer %s\' "$token" | curl -fsS -H @- -H \'Content-Type: application/json\' --data-binary @deployment.json "$SIGNALBOX_URL/api/v1/deployments"
            '''
          }
        }
      }
    }
    stage('deploy-production') {
      // Deploy to production
      agent {
        docker {
          image 'alpine/k8s:1.34.1@sha256:ec714df3813b5405292860f8a1c55c5727bf8c33c88992f1e981efad8065547f'
          label 'docker'
          args '--entrypoint='
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
        // Bring the digest
        unstash 'image'
        // Reach the cluster
        sh '''
          rm -f outcome.txt now.yaml before.json rendered.yaml
          export KUBECONFIG=kubeconfig
          printf \'%s\\n\' \'jq -n "{apiVersion: \\"client.authentication.k8s.io/v1\\", kind: \\"ExecCredential\\", status: {token: env.KUBE_TOKEN}}"\' > kube-token.sh
          printf \'%s\\n\' "$KUBE_CA" > kube-ca.pem
          kubectl config set-cluster cluster --server="$KUBE_SERVER" --certificate-authority=kube-ca.pem --embed-certs
          kubectl config set-credentials job --exec-api-version=client.authentication.k8s.io/v1 --exec-interactive-mode=Never --exec-command=sh --exec-arg=kube-token.sh
          kubectl config set-context deploy --cluster=cluster --user=job
          kubectl config use-context deploy
        '''
        withCredentials([string(credentialsId: 'KUBE_TOKEN', variable: 'KUBE_TOKEN')]) {
          // Deploy
          sh '''
export KUBECONFIG=kubeconfig
reference=$(cat image.txt)
commit="$GIT_COMMIT"
sed -e "s|sha256:0000000000000000000000000000000000000000000000000000000000000000|${reference#*@}|" -e "s|0000000000000000000000000000000000000000|$commit|" -e "s|registry.invalid/shop|${reference%@*}|" delivery/argo-cd/production.yaml > now.yaml
kubectl apply view-last-applied -f now.yaml -o json > before.json || : > before.json
if kubectl apply -f now.yaml \\
  && kubectl wait --namespace argocd application/shop-production --for=jsonpath=\'{.status.operationState.syncResult.revision}\'="$commit" --timeout=10m \\
  && kubectl wait --namespace argocd application/shop-production --for=jsonpath=\'{.status.operationState.phase}\'=Succeeded --timeout=10m \\
  && { kubectl wait --namespace argocd application/shop-production --for=jsonpath=\'{.status.health.status}\'=Progressing --timeout=1m || :; } \\
  && kubectl wait --namespace argocd application/shop-production --for=jsonpath=\'{.status.health.status}\'=Healthy --timeout=25m
then echo succeeded > outcome.txt
else
  echo failed > outcome.txt
  if [ -s before.json ]; then kubectl apply -f before.json && echo rolledBack > outcome.txt; fi
  exit 1
fi
'''
        }
      }
      post {
        always {
          withCredentials([string(credentialsId: 'SIGNALBOX_TOKEN', variable: 'SIGNALBOX_TOKEN')]) {
            // Tell how it went
            sh '''
              test -n "$SIGNALBOX_URL" || { echo \'SIGNALBOX_URL is not set: nobody is told\'; exit 0; }
              test -f outcome.txt || { echo \'nothing was deployed: nobody is told\'; exit 0; }
              outcome=$(cat outcome.txt)
              rm outcome.txt
              token=$SIGNALBOX_TOKEN
              printf \'{"id":"%s","source":"%s","application":"%s","environment":"%s","release":"%s","outcome":"%s","finishedAt":"%s","changes":[{"commit":"%s","committedAt":"%s"}]}\' "$BUILD_NUMBER-production" "$JOB_URL" shop production "$GIT_COMMIT" "$outcome" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$GIT_COMMIT" "$(git log -1 --format=%cI)" > deployment.json
              printf \'Authorization: Bearer %s\' "$token" | curl -fsS -H @- -H \'Content-Type: application/json\' --data-binary @deployment.json "$SIGNALBOX_URL/api/v1/deployments"
            '''
          }
        }
      }
    }
  }
}
