using System.Diagnostics;
using Signalbox.Delivery;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Portable;
using Signalbox.Pipelines.GitLab;
using Signalbox.Pipelines.GitLab.Portable;
using Signalbox.Pipelines.Local;
using Signalbox.Pipelines.Portable;
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
        Assert.Equal("(bash -e -o pipefail -c 'echo b')", jobs[1].Run!.Split('\n')[^1]);
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

    /// <summary>The version may come from the matrix, an input, or a file.</summary>
    [Theory]
    [InlineData("actions/setup-node@v4", "node-version: '${{ matrix.v }}'", "node is v9.8.7 here; the pipeline sets up 22")]
    [InlineData("actions/setup-node@v4", "node-version: '${{ inputs.node }}'", "node is v9.8.7 here; the pipeline sets up 20")]
    [InlineData("actions/setup-node@v4", "node-version: '${{ fromJSON(a) }}'", "node is v9.8.7 here; the pipeline sets up ${{ fromJSON(a) }}")]
    [InlineData("actions/setup-node@v4", "{ node-version: '24', registry-url: 'https://registry.example.com' }", "node is v9.8.7 here; the pipeline sets up 24")]
    [InlineData("actions/setup-node@v4", "node-version-file: .nvmrc", "node is v9.8.7 here; the pipeline sets up .nvmrc")]
    public void AVersionThatIsAskedFor_IsSaidWhereverItComesFrom(string action, string with, string said)
    {
        var settings = with.StartsWith('{') ? $" {with}" : $" {{ {with} }}";
        var (jobs, notRun) = GitHub($"on: {{ workflow_dispatch: {{ inputs: {{ node: {{ default: '20' }} }} }} }}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    strategy: {{ matrix: {{ v: [22] }} }}\n    steps:\n      - uses: {action}\n        with:{settings}\n");
        Assert.Empty(notRun);
        using var directory = new TempDirectory();
        var (code, lines) = Run(jobs[0] with { Run = "node() { echo v9.8.7; }\n" + jobs[0].Run }, directory.Path, ("v", "22"));
        Assert.Equal(0, code);
        Assert.Contains(said, lines);
    }

    /// <summary>Nobody hands anything in here: what has a default is that, what must be given is not known.</summary>
    [Theory]
    [InlineData("workflow_dispatch", "{ default: staging }", "staging")]
    [InlineData("workflow_call", "{ type: string, default: \"a 'b' $c\" }", "a 'b' $c")]
    [InlineData("workflow_call", "{ type: boolean }", "false")]
    [InlineData("workflow_dispatch", "{ description: where }", "")]
    [InlineData("workflow_dispatch", "{ required: true }", null)]
    public void AnInput_IsItsDefault(string trigger, string input, string? value)
    {
        var (jobs, notRun) = GitHub($"on: {{ {trigger}: {{ inputs: {{ where: {input} }} }} }}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    env: {{ OF_JOB: \"<${{{{ inputs.where }}}}>\" }}\n    steps:\n      - run: echo \"$OF_JOB ${{{{ inputs.where }}}}\"\n");
        if (value is null)
        {
            Assert.Contains("where", notRun[0].What);
            return;
        }
        Assert.Empty(notRun);
        using var directory = new TempDirectory();
        Assert.Equal($"<{value}> {value}", Run(jobs[0], directory.Path).Lines[^1]);
    }

    /// <summary>A failure within a pipe ends GitLab's scripts, and of GitHub's those that ask for bash.</summary>
    [Theory]
    [InlineData("", 0)]
    [InlineData("        shell: bash\n", 1)]
    [InlineData("        shell: sh\n", 0)]
    public void APipeOfGitHub_FailsWhereBashIsAskedFor(string shell, int code)
    {
        var (jobs, _) = GitHub($"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: false | cat\n{shell}");
        using var directory = new TempDirectory();
        Assert.Equal(code, Run(jobs[0], directory.Path).Code);
    }

    [Fact]
    public void AScriptOfGitLab_IsBashs_WhereThatIsThere()
    {
        const string text = "a: { script: ['list=(one two)', '[[ ${list[1]} == two ]]', 'echo ${list[0]}', 'false | cat'] }\n";
        using var directory = new TempDirectory();
        Assert.Equal((1, "one"), Run(GitLab(text).Jobs[0], directory.Path) is var (code, lines) ? (code, Assert.Single(lines)) : default);
        Assert.StartsWith("(sh -e -c ", GitLab(text, isInstalled: _ => false).Jobs[0].Run);
        // in a container it is asked within
        var contained = GitLab("a: { image: alpine, script: ['false | cat'] }\n").Jobs[0];
        Assert.Equal(1, Run(contained, directory.Path).Code);
        Assert.Equal(0, Run(contained with { Run = "command() { false; }\n" + contained.Run }, directory.Path).Code);
    }

    /// <summary>Each combination is a job: of millions there is none.</summary>
    [Fact]
    public void AMatrixOfTooManyCombinations_IsRefusedWithItsPlace()
    {
        var axes = string.Concat(Enumerable.Range(0, 6).Select(axis => $"        a{axis}: [{string.Join(", ", Enumerable.Range(0, 16))}]\n"));
        var (jobs, notRun) = GitHub($"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n{axes}    steps:\n      - run: a\n");
        Assert.Equal("its matrix has more than 256 combinations", Assert.Single(notRun).What);
        Assert.Equal(ForeignScript.Nothing, jobs[0].Run);
        Assert.Empty(jobs[0].Matrix);
    }

    /// <summary>Each list of GitLab's is a matrix of its own: they are refused before any is multiplied out.</summary>
    [Theory]
    [InlineData(1, 6)]
    [InlineData(400, 3)]
    [InlineData(300, 0)]
    public void ManyMatricesOfTooManyCombinations_AreRefused(int matrices, int axes)
    {
        var one = string.Concat(Enumerable.Range(0, axes).Select(axis => $", a{axis}: [{string.Join(", ", Enumerable.Range(0, 16))}]"));
        var (jobs, notRun) = GitLab($"a:\n  script: a\n  parallel:\n    matrix:\n{string.Concat(Enumerable.Range(0, matrices).Select(number => $"      - {{ n: \"{number}\"{one} }}\n"))}");
        Assert.Contains(notRun, not => not.What == "its matrix has more than 256 combinations");
        Assert.Equal(ForeignScript.Nothing, jobs[0].Run);
        Assert.Empty(jobs[0].Matrix);
    }

    [Fact]
    public void AVariableOfGitLabThatMayBeHandedIn_IsItsValue()
    {
        var (jobs, notRun) = GitLab("variables: { WHERE: { value: staging, description: where to } }\na: { script: [echo \"to $WHERE\"] }\n");
        Assert.Empty(notRun);
        using var directory = new TempDirectory();
        Assert.Equal(["to staging"], Run(jobs[0], directory.Path).Lines);
    }

    /// <summary>What is not known must not run on the machine in its place.</summary>
    [Theory]
    [InlineData("container: \"node:${{ matrix.v }}\"", "the image node:${v} takes a value")]
    [InlineData("container: { image: \"${{ inputs.image }}\" }", "the image ${image} takes a value")]
    public void AJobWhoseImageIsNotKnown_HasNothingToRun(string container, string what)
    {
        var (jobs, notRun) = GitHub($"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    strategy: {{ matrix: {{ v: [1] }} }}\n    {container}\n    steps:\n      - run: ./install.sh\n");
        Assert.Contains(what, Assert.Single(notRun).What);
        Assert.Equal(ForeignScript.Nothing, jobs[0].Run);
        var (ofGitLab, _) = GitLab("a: { image: \"node:$CI_NODE\", script: [./install.sh] }\n");
        Assert.Equal(ForeignScript.Nothing, ofGitLab[0].Run);
    }

    [Fact]
    public void AContainersVariables_AreTheJobs_AndItsOptionsAreSaid()
    {
        var (jobs, notRun) = GitHub("on: push\nenv: { A: workflow }\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container: { image: \"node:24\", env: { A: image, B: image }, options: --cpus 1, ports: [80] }\n    steps:\n      - run: a\n");
        Assert.Equal(["its container is started without the options --cpus 1", "its container opens no ports here: 80"], notRun.Select(not => not.What));
        Assert.All(notRun, not => Assert.True(not.IsAside));
        Assert.Equal(("workflow", "image"), (jobs[0].Environment["A"].Text, jobs[0].Environment["B"].Text));
    }

    [Theory]
    [InlineData("{ ref: main }", "ref: main", false)]
    [InlineData("{ ref: \"${{ github.event.pull_request.head.sha }}\" }", "ref: ", false)]
    [InlineData("{ path: other }", "path: other", false)]
    [InlineData("{ sparse-checkout: src }", "sparse-checkout", true)]
    [InlineData("{ ref: \"${{ github.sha }}\", token: \"${{ secrets.T }}\" }", null, false)]
    public void ACheckoutOfSomethingElse_IsNamed(string with, string? what, bool aside)
    {
        var (_, notRun) = GitHub($"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with: {with}\n      - run: a\n");
        Assert.Equal(what is null ? 0 : 1, notRun.Count);
        if (what is null) return;
        Assert.Contains(what, notRun[0].What);
        Assert.Equal(aside, notRun[0].IsAside);
    }

    /// <summary>What the reading leaves out is said, and refused where it may change what the run proves.</summary>
    [Theory]
    [InlineData("include: [{ local: ci/jobs.yml }]\na: { script: a }\n", "the pipeline", "the included ci/jobs.yml is left out here; nearest: bring what it holds into the file", false)]
    [InlineData("a: { extends: .elsewhere, script: a }\n", "a", "extends what is not in this file; nearest: bring it into the file", false)]
    [InlineData("a: { needs: [{ project: g/p, job: j, ref: main, artifacts: true }], script: a }\n", "a", "what it needs of another pipeline is left out here", false)]
    [InlineData("a: { parallel: 3, script: a }\n", "a", "parallel: 3 is left out here", true)]
    [InlineData("a: { needs: [b], script: a }\n", "a", "needs b, which is not in this file", false)]
    [InlineData("a: { id_tokens: { T: { aud: x } }, script: a }\n", "a", "is given no identity token here: T", false)]
    [InlineData("a: { secrets: { P: { vault: x } }, script: a }\n", "a", "secrets: is left out here", false)]
    [InlineData("a: { coverage: '/x/', script: a }\n", "a", "the coverage in its log is not shown", true)]
    [InlineData("a: { image: { name: 'node:24', entrypoint: [/x] }, script: a }\n", "a", "entrypoint: of the image node:24 is left out here", false)]
    public void WhatTheReadingLeavesOut_IsSaid(string text, string job, string what, bool aside)
    {
        var not = Assert.Single(GitLab(text).NotRun);
        Assert.Equal((job, aside), (not.Job, not.IsAside));
        Assert.StartsWith(what, not.What);
    }

    /// <summary>What is not there may hold the rule that keeps a deployment back.</summary>
    [Fact]
    public void AJobThatExtendsWhatIsNotThere_HasNothingToRun() =>
        Assert.Equal(ForeignScript.Nothing, GitLab("deploy: { extends: .deploy, script: ./deploy.sh }\n").Jobs[0].Run);

    [Theory]
    [InlineData("    steps:\n      - run: a\n        timeout-minutes: 1\n", "the time limit of a step", true)]
    [InlineData("    steps:\n      - run: a\n        shell: bash -l {0}\n", "the shell bash -l {0} is started as bash alone", false)]
    [InlineData("    timeout-minutes: ${{ matrix.t }}\n    steps:\n      - run: a\n", "a time limit by an expression is left out here", true)]
    [InlineData("    container: { image: a, volumes: [\"/a:/a\"] }\n    steps:\n      - run: a\n", "volumes: of the image a is left out here", false)]
    public void WhatTheReadingOfAWorkflowLeavesOut_IsSaid(string job, string what, bool aside)
    {
        var not = Assert.Single(GitHub($"on: {{ pull_request: {{ types: [closed] }} }}\nrun-name: x\njobs:\n  a:\n    runs-on: ubuntu-latest\n{job}").NotRun);
        Assert.StartsWith(what, not.What);
        Assert.Equal(aside, not.IsAside);
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
        var log = new CarriageLog();
        return ForeignJobs.Of(workflow.Pipeline, GitHubImport.Read(workflow, log), log.Notes, new HashSet<string>(), isInstalled ?? (_ => true), designed);
    }

    private static (IReadOnlyList<PipelineJob> Jobs, IReadOnlyList<NotRunHere> NotRun) GitLab(string text, Func<string, bool>? isInstalled = null)
    {
        var yaml = new YamlText(text);
        var read = GitLabReader.Read(".gitlab-ci.yml", yaml, (YamlMapping)YamlReader.ReadAll(yaml).Documents[0]!);
        var log = new CarriageLog();
        return ForeignJobs.Of(read.Pipeline, GitLabImport.Read(read, log), log.Notes, read.Jobs.Where(job => !job.Complete).Select(job => job.Job.Id).ToHashSet(), isInstalled ?? (_ => true), designed: false);
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
