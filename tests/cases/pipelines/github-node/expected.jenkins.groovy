// build and deliver
pipeline {
  agent none
  options {
    disableConcurrentBuilds(abortPrevious: true)
  }
  triggers {
    cron('30 2 * * 1')
  }
  parameters {
    choice(name: 'target', choices: ['staging', 'production'], description: 'where to')
  }
  environment {
    IMAGE = 'ghcr.io/acme/shop'
    YES = 'yes'
  }
  stages {
    stage('build') {
      // Build
      agent {
        docker {
          image 'node:20'
        }
      }
      options {
        timeout(time: 20, unit: 'MINUTES')
      }
      steps {
        // a cache of .turbo stood here
        // Install and build
        sh '''
          npm ci
          npm run build
        '''
        error('left for a person: GITHUB_OUTPUT: not set on Jenkins')
        sh 'echo "value=$(node -p "require(\'./package.json\').version")-${GIT_COMMIT}" >> "${GITHUB_OUTPUT}"'
        stash name: 'dist', includes: 'dist,dist/**'
        archiveArtifacts artifacts: 'dist,dist/**'
      }
    }
    stage('test') {
      matrix {
        axes {
          axis {
            name 'node'
            values '18', '20', '22'
          }
          axis {
            name 'os'
            values 'ubuntu-latest', 'windows-latest'
          }
          axis {
            name 'coverage'
            values 'true'
          }
        }
        stages {
          stage('test') {
            agent {
              docker {
                image "node:${env.node}"
              }
            }
            steps {
              error('left for a person: job test: the services postgres:16 are not carried')
              error('left for a person: a matrix whose combinations have different axes')
              error('left for a person: its combinations on windows-latest need a node of their own')
              withCredentials([string(credentialsId: 'TEST_TOKEN', variable: 'TOKEN')]) {
                withEnv(['DATABASE_URL=postgres://postgres:test@localhost:5432/postgres']) {
                  dir('app') {
                    sh 'npm test -- --reporter=\'\'"${node}"\'\''
                  }
                }
              }
              error('left for a person: codecov/codecov-action@v5 with files: coverage/lcov.info')
            }
            post {
              always {
                catchError(buildResult: 'SUCCESS', stageResult: 'UNSTABLE') {
                  sh label: 'Report', script: 'npm run report'
                }
              }
            }
          }
        }
      }
    }
    stage('image') {
      agent any
      when {
        not {
          anyOf {
            changeRequest()
            triggeredBy 'TimerTrigger'
            triggeredBy 'UserIdCause'
            triggeredBy 'UpstreamCause'
          }
        }
        anyOf {
          branch 'main'
          tag pattern: 'v.*', comparator: 'REGEXP'
        }
      }
      steps {
        unstash 'dist'
        error('left for a person: Token is not set on Jenkins')
        error('left for a person: Actor is not set on Jenkins')
        sh 'echo "${LEFT_FOR_A_PERSON}" | docker login --username "${LEFT_FOR_A_PERSON}" --password-stdin ghcr.io'
        sh '''
          docker build --tag "ghcr.io/acme/shop:${GIT_COMMIT}" --tag ghcr.io/acme/shop:latest .
          docker push "ghcr.io/acme/shop:${GIT_COMMIT}"
          docker push ghcr.io/acme/shop:latest
        '''
      }
    }
    stage('deploy') {
      agent {
        label 'linux'
      }
      // environment: production
      when {
        branch 'main'
        not {
          anyOf {
            changeRequest()
            triggeredBy 'TimerTrigger'
            triggeredBy 'UserIdCause'
            triggeredBy 'UpstreamCause'
          }
        }
        anyOf {
          branch 'main'
          tag pattern: 'v.*', comparator: 'REGEXP'
        }
      }
      options {
        skipDefaultCheckout()
        lock('deploy-production')
      }
      steps {
        error('left for a person: the variable EXPRESSION: ${{ github.event.head_commit.author.name }}')
        withCredentials([string(credentialsId: 'DEPLOY_TOKEN', variable: 'DEPLOY_TOKEN')]) {
          sh '''
curl -sf -H "Authorization: Bearer ${DEPLOY_TOKEN}" \\
  "https://deploy.example.com/?image=$IMAGE:${GIT_COMMIT}&who=${EXPRESSION}"
'''
        }
      }
    }
  }
}
