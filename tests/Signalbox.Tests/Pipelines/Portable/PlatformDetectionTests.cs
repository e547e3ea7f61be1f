using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>A pipeline's platform, told by what it holds where its name tells nothing.</summary>
public sealed class PlatformDetectionTests
{
    [Theory]
    [InlineData(Platform.GitHubActions, "on: push\ndefaults: { run: { shell: bash } }\njobs:\n  script: { runs-on: ubuntu-latest, steps: [{ run: make }] }\n")]
    [InlineData(Platform.GitHubActions, "jobs:\n  run: { runs-on: ubuntu-latest, steps: [{ run: make }] }\n")]
    [InlineData(Platform.GitLab, "stages: [build, test]\ntest:\n  stage: test\n  script: make\n")]
    [InlineData(Platform.GitLab, "stages:\n  - build\nbuild: { stage: build, trigger: { project: a/b } }\n")]
    [InlineData(Platform.GitLab, "spec: { inputs: { name: {} } }\n---\ntest: { script: [make] }\n")]
    [InlineData(Platform.GitLab, "include: ci.yml\n")]
    [InlineData(Platform.AzurePipelines, "stages:\n- stage: build\n  jobs:\n  - job: one\n    steps:\n    - script: make\n")]
    [InlineData(Platform.AzurePipelines, "parameters: [{ name: steps, type: stepList }]\nsteps:\n- ${{ parameters.steps }}\n")]
    [InlineData(Platform.AzurePipelines, "jobs:\n- ${{ if eq(1, 1) }}:\n  - job: one\n")]
    [InlineData(Platform.AzurePipelines, "trigger: none\npool: { vmImage: ubuntu-latest }\nsteps: [{ script: make }]\n")]
    [InlineData(Platform.Jenkins, "// Builds: all\npipeline {\n  agent any\n  stages { stage('a') { steps { sh 'make' } } }\n}\n")]
    [InlineData(Platform.Jenkins, "@Library('shared') _\nstandard()\n")]
    [InlineData(Platform.Jenkins, "timestamps {\n  node('linux') { sh 'make' }\n}\n")]
    public void ItIsTold_ByWhatItHolds(Platform platform, string content) => Assert.Equal([platform], PlatformDetection.Of("pipeline.yml", content).Platforms);

    [Theory]
    [InlineData("what is of CircleCI", "version: 2.1\norbs: { node: circleci/node@5 }\nworkflows: { main: { jobs: [node/test] } }\n")]
    [InlineData("what is of Travis CI", "language: node_js\nscript: npm test\ndeploy: { provider: script, script: ./deploy }\n")]
    [InlineData("what is of Bitbucket Pipelines", "image: node\npipelines: { default: [{ step: { script: [make] } }] }\n")]
    [InlineData("what is of Drone", "kind: pipeline\nsteps: [{ name: test, commands: [make] }]\n")]
    [InlineData("what is of Kubernetes", "apiVersion: tekton.dev/v1\nkind: Pipeline\nspec: {}\n")]
    [InlineData("what is of Docker Compose", "services: { web: { image: nginx } }\n")]
    [InlineData("what is of a GitHub action, which workflows use", "name: x\nruns: { using: composite, steps: [] }\n")]
    [InlineData("the keys steps", "steps: [{ label: test, command: make }]\n")]
    [InlineData("the keys stages", "stages: [build, test]\n")]
    [InlineData("nothing", "\n")]
    [InlineData("neither a mapping nor a step of Jenkins", "just text")]
    public void WhatIsNoneOfThem_IsNamed(string seen, string content)
    {
        var detected = PlatformDetection.Of("pipeline.yml", content);
        Assert.Empty(detected.Platforms);
        Assert.Equal(seen, detected.Seen);
    }

    [Fact]
    public void WhatIsOfSeveral_IsNotGuessed() =>
        Assert.Equal([Platform.AzurePipelines, Platform.GitLab], PlatformDetection.Of("pipeline.yml", "steps: [{ script: make }]\ntest: { script: make }\n").Platforms);

    [Fact]
    public void WhatCannotBeRead_IsNoneOfThem_AndSaysWhy() => Assert.NotNull(PlatformDetection.Of("pipeline.yml", "on: [").Problem);
}
