pipeline {
  agent any
  options {
    disableConcurrentBuilds(abortPrevious: true)
  }
  triggers {
    cron('0 3 * * *')
  }
  parameters {
    choice(name: 'TARGET', choices: ['staging', 'production'], description: 'where to')
    booleanParam(name: 'DRY', defaultValue: true)
  }
  environment {
    IMAGE = "registry.example.com/shop:${env.GIT_COMMIT}"
    TOKEN = credentials('deploy-token')
  }
  stages {
    stage('Build') {
      agent {
        docker {
          image 'maven:3.9-eclipse-temurin-21'
          args '-v /root/.m2:/root/.m2'
        }
      }
      options {
        timeout(time: 60, unit: 'MINUTES')
        retry(3)
      }
      steps {
        sh '''
          mvn -B package
          ls target
        '''
        stash name: 'jar', includes: 'target/*.jar'
        archiveArtifacts artifacts: 'target/*.jar'
      }
    }
    stage('stage-2') {
      parallel {
        stage('Unit') {
          agent any
          steps {
            unstash 'jar'
            withEnv(['MODE=full', "REF=${env.BRANCH_NAME}"]) {
              dir('app') {
                sh 'mvn -B verify'
              }
            }
          }
          post {
            always {
              junit 'target/surefire-reports/*.xml'
              sh 'echo "it costs \\$5"'
            }
          }
        }
        stage('Lint') {
          agent {
            label 'linux && fast'
          }
          steps {
            catchError(buildResult: 'SUCCESS', stageResult: 'UNSTABLE') {
              sh 'lint --target ${TARGET} it\'s'
            }
          }
        }
      }
    }
    stage('Try') {
      matrix {
        axes {
          axis {
            name 'OS'
            values 'linux', 'bsd'
          }
          axis {
            name 'ARCH'
            values 'x64', 'arm'
          }
        }
        excludes {
          exclude {
            axis {
              name 'OS'
              values 'bsd'
            }
            axis {
              name 'ARCH'
              values 'arm'
            }
          }
        }
        stages {
          stage('Try') {
            agent any
            steps {
              sh 'try ${OS} ${ARCH}'
            }
          }
        }
      }
    }
    stage('Deploy') {
      agent any
      when {
        beforeInput true
        anyOf {
          branch 'main'
          tag pattern: 'v.*', comparator: 'REGEXP'
        }
        not {
          changeRequest()
        }
        environment name: 'TARGET', value: 'production'
      }
      input {
        message 'Start Deploy?'
      }
      steps {
        withCredentials([string(credentialsId: 'kube-token', variable: 'KUBE_TOKEN')]) {
          sh 'deploy --token "$KUBE_TOKEN" --image "$IMAGE"'
        }
      }
    }
  }
  post {
    failure {
      // post failure
      sh 'notify failed'
    }
  }
}
