// check
pipeline {
  agent none
  stages {
    stage('test') {
      agent {
        docker {
          image 'golang:1.24'
        }
      }
      steps {
        sh 'go test ./...'
      }
    }
  }
}
