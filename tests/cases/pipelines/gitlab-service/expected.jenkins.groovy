pipeline {
  agent none
  parameters {
    choice(name: 'MODE', choices: ['fast', 'full'], description: 'how much is tested')
  }
  environment {
    IMAGE = 'left for a person: CI_REGISTRY_IMAGE:${Commit}'
  }
  stages {
    stage('stage-1') {
      parallel {
        stage('build') {
          agent {
            docker {
              image 'node:20'
            }
          }
          steps {
            error('left for a person: the variable IMAGE: CI_REGISTRY_IMAGE:${Commit} is not carried')
            // a cache of .npm/ stood here
            sh '''
npm ci --cache .npm
npm run build
if [ -d dist ]; then
  ls dist
fi
'''
            stash name: 'build', includes: 'dist/**'
            archiveArtifacts artifacts: 'dist/**'
          }
        }
        stage('lint') {
          agent {
            docker {
              image 'node:20'
            }
          }
          steps {
            error('left for a person: the variable IMAGE: CI_REGISTRY_IMAGE:${Commit} is not carried')
            // catchError stood around these steps: their failure does not matter
            sh 'npm run lint'
          }
        }
      }
    }
    stage('unit') {
      matrix {
        axes {
          axis {
            name 'NODE'
            values '18', '20'
          }
          axis {
            name 'DB'
            values 'postgres', 'mysql'
          }
        }
        stages {
          stage('unit') {
            agent {
              docker {
                image 'node:20'
              }
            }
            options {
              timeout(time: 90, unit: 'MINUTES')
              retry(3)
            }
            steps {
              error('left for a person: job unit: the services postgres:16 are not carried')
              // a cache of .npm/ stood here
              unstash 'build'
              sh '''
                export FOO=bar
                npm test -- --node=${NODE} --db "${DB}"
              '''
            }
          }
        }
      }
    }
    stage('deploy') {
      agent {
        docker {
          image 'node:20'
          label 'deployers'
        }
      }
      // environment: production
      when {
        beforeInput true
        anyOf {
          allOf {
            branch 'main'
            environment name: 'DEPLOY', value: 'yes'
          }
          buildingTag()
        }
      }
      input {
        message 'Start deploy?'
      }
      options {
        lock('production')
      }
      steps {
        unstash 'build'
        error('left for a person: CI_COMMIT_SHORT_SHA: not set on Jenkins')
        sh './deploy.sh "$IMAGE" ${CI_COMMIT_SHORT_SHA}'
      }
    }
  }
}
