namespace Signalbox.Cli.Tests.Running;

/// <summary><c>run --file</c>: another platform's pipeline, as far as it is plain commands.</summary>
public sealed class RunForeignTests : IDisposable
{
    private readonly RunProject _project = new();

    public void Dispose() => _project.Dispose();

    /// <summary>Nobody hands anything in here: each is its default, and one that has none is refused.</summary>
    [Fact]
    public async Task InputsOfGitLab_AreTheirDefaults()
    {
        const string file = "spec:\n  inputs:\n    what: { default: pages }\n---\n\"make-$[[ inputs.what ]]\":\n  script: echo \"made $[[ inputs.what ]]\"\n";
        _project.Write(".gitlab-ci.yml", file);
        var run = (await _project.RunAsync("--file", ".gitlab-ci.yml", "--verbose")).Expect(0);
        Assert.Contains("  | made pages\n", run.Out);
        Assert.Contains("ok make-pages", run.Out);
        Assert.Contains("the input what is its default: pages", run.Error);
        _project.Write(".gitlab-ci.yml", file.Replace("{ default: pages }", "{}", StringComparison.Ordinal));
        Assert.Contains("nothing in the file says its value", (await _project.RunAsync("--file", ".gitlab-ci.yml")).Expect(1).Error);
    }

    [Fact]
    public async Task AGitHubWorkflow_RunsItsCommands_InItsOrderDirectoriesAndShells()
    {
        _project.Write("web/page.txt", "page\n");
        _project.Write(".github/workflows/ci.yml", """
            on: push
            permissions: {}
            env: { ALL: everywhere }
            defaults: { run: { working-directory: web } }
            jobs:
              build:
                runs-on: ubuntu-latest
                steps:
                  - uses: actions/checkout@v4
                  - run: cat page.txt; [[ $ALL = everywhere ]]
                  - name: with a secret
                    env: { TOKEN: "${{ secrets.NPM_TOKEN }}" }
                    run: test ${#TOKEN} = 15 && echo "got $TOKEN"
                  - continue-on-error: true
                    run: exit 3
              test:
                needs: build
                runs-on: ubuntu-latest
                strategy: { matrix: { node: [22, 24] } }
                steps:
                  - run: echo "node ${{ matrix.node }}"
                    working-directory: .
            """);
        var run = (await _project.RunAsync("--file", ".github/workflows/ci.yml", "--verbose")).Expect(0).Out;
        Assert.Contains("  | page\n", run);
        Assert.Contains("  | got ***\n", run);
        Assert.Contains("  | the step failed, which is ignored\n", run);
        Assert.Contains("ok test (node=24)", run);
        Assert.Contains("  | node 22\n", run);
        Assert.True(run.IndexOf("ok build", StringComparison.Ordinal) < run.IndexOf("test (node=22) …", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AFileOfSignalboxs_MayHaveAnyName()
    {
        _project.Pipeline("build: { run: \"true\" }");
        File.Move(_project.Join("signalbox.yaml"), _project.Join("shop.yaml"));
        Assert.Contains("ok build", (await _project.RunAsync("--file", "shop.yaml")).Expect(0).Out);
    }

    [Fact]
    public async Task WhatIsNoPlainCommand_IsNamed_AndNothingRuns()
    {
        _project.Write(".github/workflows/ci.yml", """
            on: push
            permissions: {}
            jobs:
              build:
                runs-on: ubuntu-latest
                services: { db: { image: postgres } }
                steps:
                  - run: echo > ran
                  - run: echo "app:$GITHUB_SHA"
                  - run: echo "x=1" >> "$GITHUB_OUTPUT"
                  - run: echo "${{ github.actor }}"
                  - if: github.ref == 'refs/heads/main'
                    run: echo main
                  - uses: someone/deploy@v1
            """);
        var refused = (await _project.RunAsync("--file", ".github/workflows/ci.yml")).Expect(1).Error;
        foreach (var said in new[] { "service postgres is not started", "a step takes values of the platform: GITHUB_OUTPUT", "a step takes values of the platform: Actor", "a step's condition is not decided here", "uses someone/deploy" })
            Assert.Contains($"error[run-not-here]: build: {said}", refused);
        Assert.Contains("--> .github/workflows/ci.yml:10:", refused);
        Assert.False(File.Exists(_project.Join("ran")));
        var left = (await _project.RunAsync("--file", ".github/workflows/ci.yml", "--skip-unknown")).Expect(3);
        Assert.Contains("gap build", left.Out);
        Assert.Contains("warning[run-not-here]: build: uses someone/deploy", left.Error);
        Assert.True(File.Exists(_project.Join("ran")));
    }

    [Fact]
    public async Task AGitLabPipeline_RunsItsStagesInOrder_AndWhatComesAfter()
    {
        _project.Write(".gitlab-ci.yml", """
            stages: [build, test]
            default: { after_script: [echo after >> ran] }
            variables: { GREETING: hello }
            test: { stage: test, script: [echo "$GREETING test" >> ran] }
            build: { stage: build, before_script: [echo before >> ran], script: [echo build >> ran] }
            flaky: { stage: test, needs: [test], script: [exit 3], allow_failure: true }
            """);
        var run = (await _project.RunAsync("--file", ".gitlab-ci.yml", "--verbose")).Expect(0).Out;
        Assert.Contains("  | the job failed, which is ignored\n", run);
        Assert.Matches("\nignored flaky [0-9.]+ s: exited with code 3, and its failure does not matter\n", run);
        Assert.Contains(": 2 ok, 1 failed and ignored\n", run);
        Assert.Equal("before\nbuild\nafter\nhello test\nafter\nafter\n", _project.Read("ran"));
    }

    [Fact]
    public async Task AJobThatTookTooLong_AndWhoseFailureDoesNotMatter_IsIgnored()
    {
        _project.Write(".gitlab-ci.yml", """
            stages: [test, after]
            slow: { stage: test, script: [sleep 300], timeout: 1 second, allow_failure: true }
            after: { stage: after, script: [echo after >> ran] }
            """);
        var run = (await _project.RunAsync("--file", ".gitlab-ci.yml")).Expect(0).Out;
        Assert.Matches("\nignored slow [0-9.]+ s: took longer than its timeout of 1 s and was ended, and its failure does not matter\n", run);
        Assert.Equal("after\n", _project.Read("ran"));
    }

    [Fact]
    public async Task ADeployment_AndWhatNeedsIt_IsNotBegun()
    {
        _project.Write(".github/workflows/cd.yml", """
            on: push
            permissions: {}
            jobs:
              build: { runs-on: ubuntu-latest, steps: [{ run: echo build >> ran }] }
              deploy: { runs-on: ubuntu-latest, needs: build, environment: production, steps: [{ run: echo deploy >> ran }] }
              smoke: { runs-on: ubuntu-latest, needs: deploy, steps: [{ run: echo smoke >> ran }] }
            """);
        var refused = (await _project.RunAsync("--file", ".github/workflows/cd.yml")).Expect(1).Error;
        Assert.Contains("error[run-not-here]: deploy: is for the environment production", refused);
        Assert.Contains("error[run-not-here]: smoke: needs deploy, of which nothing is run here", refused);
        Assert.False(File.Exists(_project.Join("ran")));
        var left = (await _project.RunAsync("--file", ".github/workflows/cd.yml", "--skip-unknown")).Expect(3).Out;
        Assert.Contains("ok build", left);
        Assert.Contains("gap deploy", left);
        Assert.Contains("gap smoke", left);
        Assert.Equal("build\n", _project.Read("ran"));
    }

    /// <summary>What an include brings may be anything: without it no run is a success.</summary>
    [Theory]
    [InlineData()]
    [InlineData("test")]
    public async Task AnIncludeThatIsLeftOut_IsNoSuccess(params string[] jobs)
    {
        _project.Write(".gitlab-ci.yml", """
            include: [{ local: ci/jobs.yml }]
            test: { script: [echo test >> ran], parallel: 2 }
            deploy: { extends: .deploy, script: [echo deploy >> ran] }
            """);
        var refused = (await _project.RunAsync([.. jobs, "--file", ".gitlab-ci.yml"])).Expect(1).Error;
        Assert.Contains("error[run-not-here]: the pipeline: the included ci/jobs.yml is left out here", refused);
        Assert.Contains("warning[run-otherwise]: test: parallel: 2 is left out here", refused);
        // of a job that is not asked for nothing is said
        Assert.Equal(jobs.Length == 0, refused.Contains("deploy: extends what is not in this file", StringComparison.Ordinal));
        Assert.False(File.Exists(_project.Join("ran")));
        var left = (await _project.RunAsync([.. jobs, "--file", ".gitlab-ci.yml", "--skip-unknown"])).Expect(3);
        Assert.Contains("gap test", left.Out);
        Assert.Contains("warning[run-not-here]: the pipeline: the included ci/jobs.yml", left.Error);
        Assert.Equal("test\n", _project.Read("ran"));
        var told = (await _project.RunAsync([.. jobs, "--file", ".gitlab-ci.yml", "--skip-unknown", "--format", "json"])).Expect(3).Out;
        Assert.Contains("test: parallel: 2 is left out here", System.Text.Json.JsonDocument.Parse(told).RootElement.GetProperty("warnings").ToString());
    }

    /// <summary>Each has a directory of its own on its platform; here one would wipe what the other has just installed.</summary>
    [Fact]
    public async Task JobsThatShareADirectory_RunOneByOne_UnlessAskedOtherwise()
    {
        _project.Write(".gitlab-ci.yml", """
            one: { script: ["mkdir node_modules; sleep 0.3; rmdir node_modules"] }
            other: { script: ["mkdir node_modules; sleep 0.3; rmdir node_modules"] }
            """);
        (await _project.RunAsync("--file", ".gitlab-ci.yml")).Expect(0);
        // each waits for the other to have begun
        _project.Write(".gitlab-ci.yml", """
            one: { script: ["echo > one; while test ! -e other; do sleep 0.05; done"] }
            other: { script: ["echo > other; while test ! -e one; do sleep 0.05; done"] }
            """);
        (await _project.RunAsync("--file", ".gitlab-ci.yml", "--jobs", "2")).Expect(0);
    }

    /// <summary>Another platform's jobs may have any name: it leads nowhere.</summary>
    [Fact]
    public async Task AJobsName_DoesNotLeadItsReportsElsewhere()
    {
        _project.Write(".gitlab-ci.yml", $$"""
            "{{_project.Beside("escaped")}}":
              script: [mkdir -p r, "echo '<testsuite name=\"s\" tests=\"1\"><testcase name=\"a\" classname=\"c\"/></testsuite>' > r/junit.xml"]
              artifacts: { reports: { junit: r/junit.xml } }
            "up/../../../../../escaped":
              script: [mkdir -p o, "echo '<testsuite name=\"s\" tests=\"1\"><testcase name=\"a\" classname=\"c\"/></testsuite>' > o/junit.xml"]
              artifacts: { reports: { junit: o/junit.xml } }
            """);
        (await _project.RunAsync("--file", ".gitlab-ci.yml")).Expect(0);
        Assert.False(Path.Exists(_project.Beside("escaped")));
        Assert.Equal(2, Directory.EnumerateFiles(_project.Join(".signalbox/runs/1/results"), "junit.xml", SearchOption.AllDirectories).Count());
    }

    /// <summary>Wherever its file lies, a pipeline of GitLab runs at the top of the work tree.</summary>
    [Fact]
    public async Task AGitLabFileInAFolder_RunsAtTheTop()
    {
        _project.Git("init", "--quiet");
        _project.Write("top.txt", "top");
        _project.Write("ci/jobs.yml", "test: { script: [cat top.txt] }\n");
        (await _project.RunAsync("--file", "ci/jobs.yml")).Expect(0);
        Assert.Equal("top", (await _project.RunAsync("log", "test", "--file", "ci/jobs.yml")).Expect(0).Out.Trim());
        Assert.False(Directory.Exists(_project.Join("ci/.signalbox")));
    }
}
