using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What real pipelines hold and made up ones did not.</summary>
public sealed class MetInRealPipelinesTests
{
    private static (string Text, CarriageLog Read, CarriageLog Written) Converted(Platform from, Platform to, string text)
    {
        var (pipeline, read) = PortableRig.Read(from, text);
        var (written, log) = PortableRig.Write(to, pipeline);
        return (written, read, log);
    }

    private static string Jenkins(string agent = "any", string parameters = "", string environment = "", string steps = "sh 'make'") =>
        $"pipeline {{\n  agent {agent}\n  {(parameters.Length == 0 ? "" : $"parameters {{ {parameters} }}")}\n  {(environment.Length == 0 ? "" : $"environment {{ {environment} }}")}\n  stages {{ stage('one') {{ steps {{ {steps} }} }} }}\n}}\n";

    /// <summary>A value that has no name of its own, cut by the shell, and is set nowhere else.</summary>
    [Theory]
    [InlineData(Platform.GitLab)]
    [InlineData(Platform.AzurePipelines)]
    [InlineData(Platform.Jenkins)]
    public void AValueThatIsSetNowhere_IsLeft(Platform to)
    {
        var (_, _, log) = Converted(Platform.GitHubActions, to, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${RUNNER_TEMP%/} ${GITHUB_TOKEN:0:8} ${GITHUB_BASE_REF:0:3} ${GITHUB_REPOSITORY_OWNER:0:1} ${GITHUB_REF:0:1} >> $GITHUB_OUTPUT\n");
        Assert.NotEmpty(log.Notes);
    }

    [Fact]
    public void AVariableOfAnInputsName_IsWrittenOnce_OnGitLab()
    {
        var (text, _, log) = Converted(Platform.Jenkins, Platform.GitLab, Jenkins(parameters: "string(name: 'BUILD', description: 'which', defaultValue: '1')", environment: "BUILD = \"${BUILD}\""));
        Assert.Equal(1, text.Split("BUILD:").Length - 1);
        Assert.False(log.AnyLeft);
        (text, _, log) = Converted(Platform.GitHubActions, Platform.GitLab, "on:\n  workflow_dispatch:\n    inputs:\n      BUILD: { default: '1' }\nenv:\n  BUILD: two\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: make }] }\n");
        Assert.Equal(1, text.Split("BUILD:").Length - 1);
        Assert.Contains(log.Notes, n => n.Kind == Carried.Left && n.What.StartsWith("BUILD is what somebody gives", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://public.ecr.aws/", "acme/runner:1", "public.ecr.aws/acme/runner:1")]
    [InlineData("https://public.ecr.aws", "public.ecr.aws/acme/runner:1", "public.ecr.aws/acme/runner:1")]
    [InlineData("https://index.docker.io/v1/", "acme/runner:1", "acme/runner:1")]
    [InlineData("", "acme/runner:1", "acme/runner:1")]
    public void AnAgentsRegistry_IsPartOfItsImagesName(string registry, string image, string whole)
    {
        var (text, read, _) = Converted(Platform.Jenkins, Platform.GitHubActions, Jenkins(agent: $"{{ docker {{\n image '{image}'\n registryUrl '{registry}'\n alwaysPull true\n }} }}"));
        Assert.Equal(whole, PortableRig.Read(Platform.GitHubActions, text).Pipeline.Jobs[0].Container?.Image.Literal);
        Assert.False(read.AnyLeft);
    }

    /// <summary>GitHub puts expressions in where no other platform does, and where what is written would hold their text.</summary>
    [Theory]
    [InlineData("container: { image: node, options: '--user ${{ needs.a.outputs.user }}' }", "options: of the image by an expression is not carried: --user ${{ needs.a.outputs.user }}")]
    [InlineData("strategy: { matrix: { pr: ['${{ github.event_name == 1 }}'] } }", "a value of the matrix by an expression is not carried, and stands as it is written: ${{ github.event_name == 1 }}")]
    [InlineData("strategy: { matrix: { include: [] } }", "a matrix without values is not carried: no job is made of it")]
    public void WhatGitHubPutsIn_IsLeft(string job, string said)
    {
        var (_, read, _) = Converted(Platform.GitHubActions, Platform.GitLab, $"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    {job}\n    steps: [{{ run: make }}]\n");
        Assert.Contains(read.Notes, n => n.Kind == Carried.Left && n.What == said);
    }

    [Fact]
    public void ATriggerThatHasNoBranches_FiltersNone()
    {
        var (pipeline, log) = PortableRig.Read(Platform.GitHubActions, "on:\n  workflow_dispatch:\n    branches: ['!master']\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: make }] }\n");
        Assert.Null(Assert.Single(pipeline.Triggers).Branches);
        Assert.Contains(log.Notes, n => n.What == "branches: filters nothing on workflow_dispatch, and is left out");
    }

    [Fact]
    public void AnInputsChoices_AreThoseOfTheStartByHand()
    {
        var (pipeline, _) = PortableRig.Read(Platform.GitHubActions, "on:\n  workflow_call: { inputs: { mode: { type: string } } }\n  workflow_dispatch: { inputs: { mode: { type: choice, options: [auto, local] } } }\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: make }] }\n");
        Assert.Equal(["auto", "local"], Assert.Single(pipeline.Inputs).Choices);
        var (text, _, log) = Converted(Platform.Jenkins, Platform.GitHubActions, Jenkins(parameters: "choice(name: 'MODE', choices: ['', 'auto'])"));
        Assert.Contains("options: [auto]", text, StringComparison.Ordinal);
        Assert.Contains(log.Notes, n => n.Kind == Carried.Left && n.What == "the empty choice of MODE is not carried");
    }

    /// <summary>A pattern that Azure refuses takes the whole file with it, and one that leaves out too much lets nothing start.</summary>
    [Fact]
    public void BranchesThatAzureHasNoPatternFor_AreLeft()
    {
        var (text, _, log) = Converted(Platform.GitHubActions, Platform.AzurePipelines, "on:\n  pull_request:\n    branches: [main, 'acme:main', '!release/[0-3].x']\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: make }] }\n");
        Assert.Contains("include: [main]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("release/", text, StringComparison.Ordinal);
        Assert.Equal(2, log.Notes.Count(n => n.Kind == Carried.Left && n.What.StartsWith("the pattern", StringComparison.Ordinal)));
    }

    [Fact]
    public void AnAddressOfAnEnvironment_HasNoBraces_OnGitLab()
    {
        var (text, _, _) = Converted(Platform.GitHubActions, Platform.GitLab, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    environment: { name: live, url: 'https://example.com/${{ github.ref_name }}/x${{ github.sha }}y' }\n    steps: [{ run: make }]\n");
        Assert.Contains("url: https://example.com/$CI_COMMIT_REF_NAME/x${CI_COMMIT_SHA}y", text, StringComparison.Ordinal);
    }

    /// <summary>A file that others take in has none of their stages.</summary>
    [Fact]
    public void AStageThatTheFileDoesNotName_IsLeft()
    {
        var (_, read) = PortableRig.Read(Platform.GitLab, "lint: { stage: validate, script: [make] }\nfirst: { stage: .pre, script: [make] }\ntest: { script: [make] }\n");
        Assert.Equal("job lint: its stage validate is none of the file's, so nothing says what it comes after", Assert.Single(read.Notes, n => n.Kind == Carried.Left).What);
    }

    [Fact]
    public void WhatJenkinsSays_IsTheShellsVariable()
    {
        var (pipeline, _) = PortableRig.Read(Platform.Jenkins, Jenkins(parameters: "string(name: 'PERSON', defaultValue: 'you')", steps: "echo \"Hello, ${params.PERSON}\""));
        Assert.Equal("echo \"Hello, ${PERSON}\"", pipeline.Jobs[0].Steps.OfType<RunStep>().Single().Script.Literal);
    }

    /// <summary>An input that is not given is no text on Jenkins, and must be given on Azure.</summary>
    [Fact]
    public void AParameterWithoutADefault_HasJenkinsOwn()
    {
        var (text, read, _) = Converted(Platform.Jenkins, Platform.AzurePipelines, Jenkins(parameters: "string(name: 'VERSION'); string(name: 'OTHER', defaultValue: \"${env.X}\")"));
        Assert.Contains("name: VERSION\n    type: string\n    default: ''", text, StringComparison.Ordinal);
        Assert.Contains(read.Notes, n => n.Kind == Carried.Left && n.What.StartsWith("the default of the parameter OTHER is no text", StringComparison.Ordinal));
    }
}
