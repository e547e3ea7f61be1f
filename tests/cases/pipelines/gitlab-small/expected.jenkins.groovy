pipeline {
  agent none
  stages {
    stage('stage-1') {
      parallel {
        stage('lint') {
          agent {
            docker {
              image 'python:3.12'
            }
          }
          steps {
            sh '''
              pip install -r requirements.txt
              ruff check .
            '''
          }
        }
        stage('test') {
          agent {
            docker {
              image 'python:3.12'
            }
          }
          steps {
            sh '''
              pip install -r requirements.txt
              pytest --junitxml=report.xml
            '''
          }
          post {
            always {
              catchError(buildResult: 'SUCCESS', stageResult: 'UNSTABLE') {
                sh 'echo done'
              }
              stash name: 'test', includes: 'report.xml'
              archiveArtifacts artifacts: 'report.xml'
            }
          }
        }
      }
    }
  }
}
