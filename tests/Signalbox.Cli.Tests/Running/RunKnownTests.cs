namespace Signalbox.Cli.Tests.Running;

/// <summary>What may be known again, and what must not.</summary>
public sealed class RunKnownTests : IDisposable
{
    private readonly RunProject _project = new();

    public void Dispose() => _project.Dispose();

    [Fact]
    public async Task AJobThatEndsWellBecauseItWasAskedTo_IsNotKnown()
    {
        _project.Pipeline($"build: {{ run: \"trap 'exit 0' TERM; echo > {_project.Beside("begun")}; while test ! -e {_project.Beside("go")}; do sleep 0.05; done\", inputs: [], outputs: [] }}");
        using (var running = _project.Start())
        {
            await Eventually.Async(() => File.Exists(_project.Beside("begun")), "the job runs");
            RunProject.Signal(running, 15);
            Assert.Equal(130, (await SignalboxProgram.EndOf(running)).Code);
        }
        await File.WriteAllTextAsync(_project.Beside("go"), "", TestContext.Current.CancellationToken);
        Assert.Contains("ok build", (await _project.RunAsync()).Expect(0).Out);
    }

    /// <summary>Also where the inputs do not name it.</summary>
    [Theory]
    [InlineData("./tool.sh")]
    [InlineData("sub/../tool.sh")]
    [InlineData("cd sub && ../tool.sh")]
    [InlineData("sh tool.sh")]
    [InlineData("cd sub; cd ..; env A=b sh -eu ./tool.sh")]
    [InlineData("timeout 10 sh tool.sh")]
    [InlineData("nice -n 5 ./tool.sh")]
    [InlineData("nohup time timeout -k 1 10 ./tool.sh")]
    [InlineData("echo a | xargs -n 1 sh ./tool.sh")]
    [InlineData("$PWD/tool.sh")]
    [InlineData("bash -eo pipefail tool.sh")]
    [InlineData("bash -o errexit ./tool.sh")]
    [InlineData("sh < tool.sh")]
    [InlineData("cat tool.sh | sh -e")]
    [InlineData("sh ${PWD}/tool.sh")]
    [InlineData("cd sub && bash -ec 'true; timeout 9 ../tool.sh'")]
    public async Task AnotherProgramOfTheProject_IsAnotherJob(string script)
    {
        _project.Write("sub/kept", "");
        _project.Write("tool.sh", "#!/bin/sh\necho one\n");
        File.SetUnixFileMode(Path.Combine(_project.Path, "tool.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _project.Pipeline($"check: {{ run: \"{script}\", inputs: [], outputs: [] }}");
        (await _project.RunAsync()).Expect(0);
        Assert.Contains("known check", (await _project.RunAsync()).Expect(0).Out);
        _project.Write("tool.sh", "#!/bin/sh\necho two\nexit 1\n");
        (await _project.RunAsync()).Expect(1);
    }

    /// <summary>What the run before has made is none of the programs of a job.</summary>
    [Fact]
    public async Task AnOutputThatTheCommandNames_IsNoProgramOfIt()
    {
        _project.Pipeline("t: { run: \"mkdir -p out; timeout 60 cp /proc/uptime out/r.txt; time chmod +x out/r.txt; perl -e 'exit 0' out/r.txt\", inputs: [], outputs: [out/] }");
        (await _project.RunAsync()).Expect(0);
        Assert.Contains("known t", (await _project.RunAsync()).Expect(0).Out);
    }

    /// <summary>Which folder a command runs in is not worked out for more than the last ones.</summary>
    [Fact]
    public async Task AScriptOfManyFolders_BeginsSoon()
    {
        _project.Pipeline($"t: {{ run: \"exit 0; {string.Concat(Enumerable.Range(0, 1500).Select(i => $"cd a{i}; timeout 5 ./x{i}; "))}\", inputs: [], outputs: [] }}");
        var began = System.Diagnostics.Stopwatch.StartNew();
        (await _project.RunAsync()).Expect(0);
        Assert.True(began.Elapsed < TimeSpan.FromMinutes(2), $"{began.Elapsed}");
    }

    [Fact]
    public async Task APipeOrADeviceInTheProject_IsNotReadAsAProgram()
    {
        using (var made = SignalboxProgram.Start("mkfifo", _project.Path, new Dictionary<string, string>(), "pipe")) (await SignalboxProgram.EndOf(made)).Expect(0);
        File.CreateSymbolicLink(Path.Combine(_project.Path, "zero"), "/dev/zero");
        _project.Pipeline("check: { run: \"true || sh ./pipe || sh ./zero\", inputs: [], outputs: [] }");
        (await _project.RunAsync()).Expect(0);
    }

    /// <summary>A repository may bring the link: what is written then would land where it points.</summary>
    [Theory]
    [InlineData(".signalbox")]
    [InlineData(".signalbox/.gitignore")]
    [InlineData(".signalbox/runs/lock")]
    public async Task ALinkInThePlaceOfRuns_IsRefused(string link)
    {
        _project.Pipeline("build: { run: \"true\", outputs: [] }");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_project.Path, link))!);
        File.CreateSymbolicLink(Path.Combine(_project.Path, link), _project.Beside("elsewhere"));
        Assert.Contains("is a link", (await _project.RunAsync()).Expect(1).Error);
        Assert.False(Path.Exists(_project.Beside("elsewhere")));
    }

    /// <summary>In a folder that held no source, and where what is ignored changes: both while the run goes on.</summary>
    [Theory]
    [InlineData("empty/deep/new.txt")]
    [InlineData("filled/new.txt")]
    [InlineData("src/once.log")]
    public async Task AFileThatComesUpInARun_IsSeenByTheNextJob(string path)
    {
        _project.Git("init", "--quiet");
        Directory.CreateDirectory(_project.Join("empty/deep"));
        _project.Write("filled/made.log", "");
        _project.Write("src/a.txt", "");
        _project.Write(".gitignore", "*.log\n");
        // the second job has the sources listed, the third adds to them when that is long over
        _project.Pipeline($$"""
            first: { run: "true" }
            second: { run: "sleep 0.1", outputs: [], needs: [first] }
            third: { run: "sleep 0.1; cp {{_project.Beside("value")}} {{path}}; echo '!once.log' >> .gitignore", needs: [second] }
            fourth: { run: "cat {{path}}", outputs: [], needs: [third] }
            """);
        foreach (var value in (string[])["one", "two"])
        {
            await File.WriteAllTextAsync(_project.Beside("value"), value, TestContext.Current.CancellationToken);
            File.Delete(_project.Join(path));
            _project.Write(".gitignore", "*.log\n");
            Assert.Contains("ok fourth", (await _project.RunAsync()).Expect(0).Out);
        }
    }

    [Fact]
    public async Task SourcesOfADirectoryThatGitIgnores_AreSeen()
    {
        _project.Pipeline("build: { run: \"cat a.txt\", outputs: [] }");
        _project.Write("a.txt", "one");
        await ChangeIsSeenAsync("a.txt", () =>
        {
            // a repository around it that ignores all
            _project.Git("init", "--quiet");
            _project.Write(".gitignore", "*\n");
        });
    }

    [Fact]
    public async Task SourcesOfSubmodules_AreSeen()
    {
        using var other = new RunProject();
        other.Git("init", "--quiet");
        other.Write("lib.txt", "one");
        other.Git("add", ".");
        other.Git("commit", "--quiet", "-m", "lib");
        _project.Pipeline("build: { run: \"cat lib/lib.txt\", outputs: [] }");
        await ChangeIsSeenAsync("lib/lib.txt", () =>
        {
            _project.Git("init", "--quiet");
            _project.Git("submodule", "--quiet", "add", other.Path, "lib");
            _project.Write(".gitignore", ".signalbox\n");
        });
    }

    [Fact]
    public async Task WhatIsBroughtBack_IsAllThatIsThere()
    {
        _project.Git("init", "--quiet");
        _project.Write(".gitignore", "dist/\n");
        _project.Write("name", "a");
        _project.Pipeline("build: { run: \"rm -rf dist; mkdir dist; echo made > dist/$(cat name)\", outputs: [dist/] }");
        (await _project.RunAsync()).Expect(0);
        _project.Write("name", "b");
        (await _project.RunAsync()).Expect(0);
        _project.Write("name", "a");
        Assert.Contains("known build", (await _project.RunAsync()).Expect(0).Out);
        Assert.Equal(["a"], Directory.EnumerateFiles(_project.Join("dist")).Select(Path.GetFileName));
        // a file that Git would keep is a person's: nothing is brought back over it
        _project.Write("dist/mine", "");
        _project.Git("add", "--force", "dist/mine");
        Assert.Contains("ok build", (await _project.RunAsync()).Expect(0).Out);
    }

    [Fact]
    public async Task AResultThatCannotBeBroughtBack_IsMadeAnew()
    {
        _project.Pipeline("build: { run: \"rm -rf out; echo made > out\", inputs: [], outputs: [out] }");
        (await _project.RunAsync()).Expect(0);
        File.Delete(_project.Join("out"));
        Directory.CreateDirectory(_project.Join("out"));
        Assert.Contains("ok build", (await _project.RunAsync()).Expect(0).Out);
        Assert.Equal("made\n", _project.Read("out"));
    }

    [Fact]
    public async Task CombinationsOfAMatrix_KeepTheirOwn_ThoughTheyMakeTheSameFiles()
    {
        _project.Pipeline("""
            test:
              run: for i in 1 2 3 4 5; do echo $N > r/n.xml; sleep 0.02; done; printf '<testsuite name="s%s" tests="1"><testcase name="a" classname="c%s"/></testsuite>' $N $N > r/n.xml; test "$(grep -c "c$N" r/n.xml)" = 1
              matrix: { N: ["1", "2", "3"] }
              tests: r/n.xml
              inputs: []
            """);
        Directory.CreateDirectory(_project.Join("r"));
        (await _project.RunAsync("--jobs", "3")).Expect(0);
        Assert.Contains("known test (N=2)", (await _project.RunAsync("--jobs", "3")).Expect(0).Out);
        foreach (var run in new[] { 1, 2 })
            foreach (var n in new[] { 1, 2, 3 }) Assert.Contains($"c{n}", _project.Read($".signalbox/runs/{run}/results/test--N-{n}-.{n - 1}/r/n.xml"));
    }

    [Fact]
    public async Task ATry_ThatTookTooLong_IsFollowedByAnother()
    {
        _project.Pipeline($"build: {{ run: \"test -e {_project.Beside("second")} || {{ echo > {_project.Beside("second")}; sleep 300; }}\", timeout: 1s, retry: 1 }}");
        Assert.Matches(@"ok build \d+\.\d s, try 2", (await _project.RunAsync()).Expect(0).Out);
        Assert.Contains("try 1 took longer than its timeout of 1 s and was ended; 1 left", (await _project.RunAsync("log", "build")).Expect(0).Out);
    }

    [Fact]
    public async Task AHomeOfALanguage_IsPartOfWhatAResultIsOf()
    {
        _project.Pipeline("build: { run: \"echo $JAVA_HOME\", inputs: [], outputs: [] }");
        _project.Surroundings["JAVA_HOME"] = "/opt/jdk-17";
        (await _project.RunAsync()).Expect(0);
        Assert.Contains("known build", (await _project.RunAsync()).Expect(0).Out);
        _project.Surroundings["JAVA_HOME"] = "/opt/jdk-21";
        Assert.Contains("ok build", (await _project.RunAsync()).Expect(0).Out);
    }

    /// <summary>What a job reads is looked at when it begins: the one before it may have written it.</summary>
    [Fact]
    public async Task AJobThatReadsWhatTheOneBeforeHasWritten_IsNotKnown()
    {
        var text = _project.Beside("text");
        _project.Pipeline($"gen: {{ run: \"cmp -s {text} src/gen.txt || cp {text} src/gen.txt\" }}\ncheck: {{ run: \"grep -q good src/gen.txt\", needs: [gen], outputs: [] }}");
        Directory.CreateDirectory(_project.Join("src"));
        await File.WriteAllTextAsync(text, "good\n", TestContext.Current.CancellationToken);
        (await _project.RunAsync()).Expect(0);
        (await _project.RunAsync()).Expect(0);
        Assert.Contains("known check", (await _project.RunAsync()).Expect(0).Out);
        await File.WriteAllTextAsync(text, "bad\n", TestContext.Current.CancellationToken);
        Assert.Contains("failed check", (await _project.RunAsync()).Expect(1).Out);
        // a file that was not there when the run began
        File.Delete(_project.Join("src/gen.txt"));
        Assert.Contains("failed check", (await _project.RunAsync()).Expect(1).Out);
    }

    /// <summary>By what is shown of such a name the file is not found.</summary>
    [Theory]
    [InlineData("src/a\\377b")]
    [InlineData("src/d\\377/b")]
    public async Task AFileWhoseNameIsNoText_IsSeenByRunningEachTime(string name)
    {
        void Write(string text) => _project.Shell($"file=$(printf '{name}'); mkdir -p \"${{file%/*}}\"; printf {text} > \"$file\"");
        _project.Pipeline("build: { run: \"find src -type f -exec cat {} +\", inputs: [src/], outputs: [] }");
        try
        {
            foreach (var prepare in new Action[] { () => { }, () => _project.Git("init", "--quiet") })
            {
                prepare();
                Write("good");
                (await _project.RunAsync()).Expect(0);
                Write("bad");
                Assert.Contains("ok build", (await _project.RunAsync()).Expect(0).Out);
                Assert.Equal("bad", (await _project.RunAsync("log", "build")).Expect(0).Out.Trim());
                Assert.Contains("has a name that is not UTF-8, by which it is not found, so it runs each time", (await _project.ShowAsync()).ToString());
            }
            Assert.Contains("error[run-sources-unseen]", (await _project.RunAsync("--deploy", "production")).Expect(1).Error);
        }
        finally
        {
            // .NET finds it no more than the program does
            _project.Shell("rm -r src");
        }
    }

    [Fact]
    public async Task OneStoreForSeveralDirectories_KnowsWhatDoesNotNameOne()
    {
        using var other = new RunProject();
        foreach (var project in new[] { _project, other })
        {
            project.Write("src/a.txt", "one");
            project.Write("make.sh", "cp src/a.txt out");
            project.Pipeline("build: { run: \"sh make.sh\", inputs: [src/, make.sh], outputs: [out] }\nplace: { run: \"pwd > place\", inputs: [src/], outputs: [place] }");
        }
        string[] shared = ["--cache", _project.Beside("shared")];
        (await _project.RunAsync(shared)).Expect(0);
        var run = (await other.RunAsync(shared)).Expect(0).Out;
        Assert.Contains("known build", run);
        Assert.Equal("one", other.Read("out"));
        Assert.Contains("ok place", run);
        Assert.Equal(other.Path + "\n", other.Read("place"));
    }

    private async Task ChangeIsSeenAsync(string file, Action prepare)
    {
        prepare();
        (await _project.RunAsync()).Expect(0);
        Assert.Contains("known build", (await _project.RunAsync()).Expect(0).Out);
        _project.Write(file, "two");
        Assert.Contains("ok build", (await _project.RunAsync()).Expect(0).Out);
        Assert.Equal("two", (await _project.RunAsync("log", "build")).Expect(0).Out.Trim());
    }
}
