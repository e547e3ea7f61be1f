using System.Diagnostics;
using Signalbox.Delivery;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Portable;
using Signalbox.Pipelines.GitLab;
using Signalbox.Pipelines.GitLab.Portable;
using Signalbox.Pipelines.Local;
using Signalbox.Yaml;

namespace Signalbox.Tests.Pipelines.Local;

/// <summary>Other platforms' jobs as jobs to run here, and what their scripts do in a real shell.</summary>
public sealed class ForeignJobsTests
{
    [Fact]
    public void StepsOfGitHub_RunAsThere()
    {
        var (jobs, notRun) = GitHub("""
            on: push
            env: { GREETING: hello }
            defaults: { run: { working-directory: sub } }
            jobs:
              a:
                runs-on: ubuntu-latest
                strategy: { matrix: { v: [1] } }
                steps:
                  - uses: actions/checkout@v4
                  - run: mkdir -p deep; echo "$GREETING '${{ matrix.v }}' $X" > out
                    env: { X: "v${{ matrix.v }}" }
                  - run: cat out; basename "$PWD"
                  - run: "false"
                    continue-on-error: true
                  - run: exit 3
                  - run: echo never
                  - if: always()
                    run: echo last
                  - if: failure()
                    run: echo failed
                  - if: github.event_name != 'pull_request'
                    run: echo skipped as well
            """);
        Assert.Empty(notRun);
        using var directory = new TempDirectory();
        Directory.CreateDirectory(Path.Combine(directory.Path, "sub"));
        var (code, said) = Run(jobs[0], directory.Path, ("v", "1"));
        Assert.Equal(3, code);
        Assert.Equal(["hello '1' v1", "sub", "the step failed, which is ignored", "last", "failed"], said.Where(l => !l.StartsWith("==", StringComparison.Ordinal)));
    }

    [Fact]
    public void SecretsOfAStep_ReachIt_AndAreHidden()
    {
        var (jobs, notRun) = GitHub("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: login ${{ secrets.TOKEN }}\n");
        Assert.Empty(notRun);
        Assert.Equal(new JobVariable(null, "TOKEN", Secret: true), jobs[0].Environment["TOKEN"]);
        Assert.Contains("login ${TOKEN}", jobs[0].Run);
    }

    [Theory]
    [InlineData("      - run: echo \"a=b\" >> $GITHUB_OUTPUT\n", "GITHUB_OUTPUT")]
    [InlineData("      - run: echo ${{ github.event.issue.title }}\n", "value of the platform")]
    [InlineData("      - uses: codecov/codecov-action@v5\n", "uses codecov/codecov-action")]
    [InlineData("      - uses: actions/checkout@v4\n        with: { repository: a/b }\n", "uses actions/checkout")]
    [InlineData("      - run: a\n        shell: pwsh\n", "pwsh")]
    [InlineData("      - run: a\n        if: github.ref == 'refs/heads/main'\n", "condition")]
    [InlineData("      - run: a\n        env: { A: \"x${{ steps.b.outputs.c }}\" }\n", "value of the platform")]
    [InlineData("      - uses: docker/login-action@v3\n        with: { username: a, password: b }\n", "sign in")]
    public void WhatIsNoPlainCommand_IsNamed(string steps, string what)
    {
        var (_, notRun) = GitHub($"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n{steps}");
        Assert.Contains(what, Assert.Single(notRun).What);
    }

    [Theory]
    [InlineData("    if: github.ref == 'refs/heads/main'\n", "condition")]
    [InlineData("    container: node:${{ matrix.v }}\n    strategy: { matrix: { v: [1] } }\n", "image")]
    [InlineData("    services: { db: { image: postgres:16 } }\n", "service postgres:16")]
    [InlineData("    strategy: { matrix: { v: [1], include: [{ v: 2, w: 3 }] } }\n", "matrix")]
    [InlineData("    runs-on: windows-latest\n", "not on Linux")]
    public void WhatAJobCannotHaveHere_IsNamed(string settings, string what)
    {
        var (_, notRun) = GitHub($"on: push\njobs:\n  a:\n{(settings.Contains("runs-on", StringComparison.Ordinal) ? "" : "    runs-on: ubuntu-latest\n")}{settings}    steps:\n      - run: a\n        shell: bash\n");
        Assert.Contains(what, Assert.Single(notRun).What);
    }

    [Fact]
    public void AScriptOfGitLab_RunsWithItsVariablesAndWhatComesAfter()
    {
        var (jobs, notRun) = GitLab("""
            variables: { BASE: base, ALL: "$BASE/x" }
            a:
              parallel: { matrix: [{ N: ["1"] }] }
              before_script: [cd sub]
              script:
                - echo "$ALL $N"
                - basename "$PWD"
                - exit 4
              after_script: [echo after, 'basename "$PWD"']
              artifacts: { paths: [x] }
            b:
              script: [echo b]
              needs: [a]
            """);
        Assert.Empty(notRun);
        using var directory = new TempDirectory();
        Directory.CreateDirectory(Path.Combine(directory.Path, "sub"));
        var (code, said) = Run(jobs[0], directory.Path, ("N", "1"));
        Assert.Equal(4, code);
        Assert.Equal(["base/x 1", "sub", "after", Path.GetFileName(directory.Path)], said.Where(l => !l.StartsWith("==", StringComparison.Ordinal)));
        Assert.Equal("echo b", jobs[1].Run!.Split('\n')[^1]);
        Assert.Equal(["a"], jobs[1].Needs);
    }

    /// <summary>The platform's machines have Docker; a step that needs it is not run by another word for success.</summary>
    [Fact]
    public void WhatNeedsDocker_IsNamed_WhereThereIsNone()
    {
        const string text = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo a\n      - name: Scan\n        run: cd src && docker run --rm trivy\n";
        Assert.Empty(GitHub(text).NotRun);
        var (jobs, notRun) = GitHub(text, isInstalled: _ => false);
        Assert.Equal("needs docker, which is not installed here: Scan", Assert.Single(notRun).What);
        Assert.DoesNotContain("trivy", jobs[0].Run);
    }

    /// <summary>A condition keeps a deployment from where it does not belong: no step of it runs.</summary>
    [Fact]
    public void AJobWhoseConditionIsNotDecided_HasNothingToRun()
    {
        var (jobs, _) = GitHub("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    if: github.ref == 'refs/heads/main'\n    steps:\n      - run: ./deploy.sh\n");
        Assert.Equal(ForeignScript.Nothing, jobs[0].Run);
    }

    /// <summary>Nothing of a deployment runs unasked, nor of what waits for it; what runs however the others end does.</summary>
    [Fact]
    public void WhatIsForAnEnvironment_AndWhatNeedsIt_HasNothingToRun()
    {
        const string steps = "    runs-on: ubuntu-latest\n    steps:\n      - run: ./do.sh\n";
        var (jobs, notRun) = GitHub($"on: push\njobs:\n  last:\n    needs: smoke\n{steps}  smoke:\n    needs: [build, deploy]\n{steps}  deploy:\n    needs: build\n    environment: production\n{steps}  build:\n{steps}  tell:\n    needs: deploy\n    if: always()\n{steps}");
        Assert.Equal(
            [("last", "needs smoke, of which nothing is run here"), ("smoke", "needs deploy, of which nothing is run here"), ("deploy", "is for the environment production")],
            notRun.Select(not => (not.Job, not.What)));
        Assert.Equal(["build", "tell"], jobs.Where(job => job.Run != ForeignScript.Nothing).Select(job => job.Name));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("        env: { A: \"${{ secrets.A }}\" }\n", false)]
    public void WhatADesignedCheckMakes_IsWhatItKeeps(string step, bool known)
    {
        var text = $"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n{step}      - uses: actions/upload-artifact@v4\n        with: {{ name: b, path: dist/ }}\n";
        var (jobs, notRun) = GitHub(text, designed: true);
        Assert.Empty(notRun);
        Assert.Equal(known ? ["dist/"] : null, jobs[0].Outputs);
        Assert.Equal(["dist/"], jobs[0].Tests);
        // what anybody else wrote may do more than it keeps
        Assert.Null(GitHub(text).Jobs[0].Outputs);
    }

    /// <summary>A scan looks at what changes elsewhere: it is never known again, wherever Docker is.</summary>
    [Theory]
    [InlineData("make lint", false)]
    [InlineData("docker run --rm trivy", false)]
    [InlineData("docker run --rm trivy", true)]
    [InlineData("cd a && podman run --rm trivy", true)]
    public void ADesignedCheckThatKeepsNothing_OrStartsContainers_IsNotKnown(string script, bool keeps)
    {
        var upload = keeps ? "      - uses: actions/upload-artifact@v4\n        with: { name: b, path: report.json }\n" : "";
        var (jobs, notRun) = GitHub($"on: push\njobs:\n  scan:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: {script}\n{upload}", designed: true);
        Assert.Empty(notRun);
        Assert.Null(jobs[0].Outputs);
    }

    [Theory]
    [InlineData("reports/", "reports/junit.xml", false)]
    [InlineData("reports/node.xml", "reports/junit.xml", true)]
    public void DesignedChecksThatKeepTheSameFiles_AreNotKnown(string one, string other, bool known)
    {
        static string Job(string name, string path) =>
            $"  {name}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n      - uses: actions/upload-artifact@v4\n        with: {{ name: {name}, path: {path} }}\n";
        var (jobs, _) = GitHub($"on: push\njobs:\n{Job("a", one)}{Job("b", other)}", designed: true);
        Assert.All(jobs, job => Assert.Equal(known, job.Outputs is not null));
    }

    [Fact]
    public void AToolThatIsSetUp_IsSaidToBeAnother()
    {
        var (jobs, _) = GitHub("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/setup-node@v4\n        with: { node-version: '24' }\n");
        using var directory = new TempDirectory();
        var (code, said) = Run(jobs[0] with { Run = "node() { echo v9.8.7; }\n" + jobs[0].Run }, directory.Path);
        Assert.Equal(0, code);
        Assert.Contains("node is v9.8.7 here; the pipeline sets up 24", said);
    }

    [Fact]
    public void RulesAndOnlyOfGitLab_AreNamed()
    {
        var (_, notRun) = GitLab("a:\n  script: a\n  only: [main]\nb:\n  script: b\n  rules:\n    - if: $CI_COMMIT_BRANCH == \"main\"\n");
        Assert.Equal(["a", "b"], notRun.Select(n => n.Job));
    }

    private static (IReadOnlyList<PipelineJob> Jobs, IReadOnlyList<NotRunHere> NotRun) GitHub(string text, Func<string, bool>? isInstalled = null, bool designed = false)
    {
        var yaml = new YamlText(text);
        var workflow = GitHubReader.ReadWorkflow("ci.yml", yaml, (YamlMapping)YamlReader.ReadAll(yaml).Documents[0]!);
        return ForeignJobs.Of(workflow.Pipeline, GitHubImport.Read(workflow, new()), isInstalled ?? (_ => true), designed);
    }

    private static (IReadOnlyList<PipelineJob> Jobs, IReadOnlyList<NotRunHere> NotRun) GitLab(string text)
    {
        var yaml = new YamlText(text);
        var read = GitLabReader.Read(".gitlab-ci.yml", yaml, (YamlMapping)YamlReader.ReadAll(yaml).Documents[0]!);
        return ForeignJobs.Of(read.Pipeline, GitLabImport.Read(read, new()), _ => true, designed: false);
    }

    private static (int Code, string[] Lines) Run(PipelineJob job, string directory, params (string Name, string Value)[] axes)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-e", "-c", job.Run!]) { WorkingDirectory = directory, RedirectStandardOutput = true };
        foreach (var (name, variable) in job.Environment) start.Environment[name] = variable.Text;
        foreach (var (name, value) in axes) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
