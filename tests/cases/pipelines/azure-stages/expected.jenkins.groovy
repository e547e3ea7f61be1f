pipeline {
  agent none
  triggers {
    cron('0 3 * * *')
  }
  parameters {
    choice(name: 'environment', choices: ['staging', 'production'], description: 'Where to')
  }
  environment {
    buildConfiguration = 'Release'
    image = "registry.example.com/shop:${env.GIT_COMMIT}"
  }
  stages {
    stage('Build') {
      matrix {
        axes {
          axis {
            name 'sdk'
            values '8.0.x', '9.0.x'
          }
          axis {
            name 'os'
            values 'ubuntu'
          }
        }
        stages {
          stage('Build') {
            agent any
            steps {
              error('left for a person: dotnet must be in the job\'s image')
              // a cache of $(Pipeline.Workspace)/.nuget stood here
              dir('src') {
                error('left for a person: RunId: not set on Jenkins')
                // Build
                sh '''
                  set +e
                  dotnet restore --locked-mode
                  dotnet build -c ${buildConfiguration} -p:Version=${RunId}
                '''
              }
              withCredentials([string(credentialsId: 'TEST_TOKEN', variable: 'TOKEN')]) {
                sh '''#!/usr/bin/env bash
set -eo pipefail
set -euo pipefail
dotnet test | tee "$(date +%s).log"
'''
              }
              stash name: 'out', includes: 'out,out/**'
              archiveArtifacts artifacts: 'out,out/**'
            }
          }
        }
      }
    }
    stage('Production') {
      agent any
      // environment: production
      when {
        branch 'main'
        not {
          changeRequest()
        }
      }
      options {
        skipDefaultCheckout()
        timeout(time: 30, unit: 'MINUTES')
      }
      steps {
        error('left for a person: bring the artifact out: it comes to where it was, not to $(Pipeline.Workspace)/out')
        unstash 'out'
        error('left for a person: AzureWebApp@1 with azureSubscription: prod, appType: webApp, appName: shop')
      }
      post {
        always {
          retry(3) {
            sh './smoke.sh'
          }
        }
      }
    }
    stage('Notify') {
      agent any
      when {
        branch 'main'
        not {
          changeRequest()
        }
      }
      options {
        skipDefaultCheckout()
      }
      steps {
        error('left for a person: job Notify: a stage does not run after a failure (Failed)')
        error('left for a person: job Notify: the services redis:7 are not carried')
        pwsh 'Write-Host "failed $env:GIT_COMMIT"'
      }
    }
  }
}
