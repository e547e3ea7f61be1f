using System.Diagnostics;
using Signalbox.Audit;
using Signalbox.Audit.Kubernetes;
using static Signalbox.Tests.Audit.PolicyTests;

namespace Signalbox.Tests.Audit;

/// <summary>Whatever lies in a folder, the audit ends and says what it could not read.</summary>
public sealed class RobustnessTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly TempDirectory _folder = new();

    [Fact]
    public void HugeFile_IsSaidAndNotRead()
    {
        using (var file = System.IO.File.Create(_folder.In("huge.yaml"))) file.SetLength(100 * 1024 * 1024);
        var before = GC.GetTotalAllocatedBytes();
        var result = Audit();
        Assert.Contains("104,857,600 bytes", Assert.Single(result.Findings).Message);
        Assert.True(result.Incomplete);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 50 * 1024 * 1024);
    }

    [Fact]
    public void Links_AreNotFollowed()
    {
        _folder.Write("a/web.yaml", "a: 1\n");
        Directory.CreateSymbolicLink(_folder.In("a/loop"), _folder.Path);
        System.IO.File.CreateSymbolicLink(_folder.In("self.yaml"), _folder.In("self.yaml"));
        System.IO.File.CreateSymbolicLink(_folder.In("passwd.yaml"), "/etc/passwd");
        var result = Audit();
        Assert.Equal(1, result.FilesRead);
        Assert.False(result.Incomplete);
    }

    [Fact]
    public async Task Pipe_DoesNotHoldTheAuditUp()
    {
        using var make = Process.Start("mkfifo", [_folder.In("pipe.yaml")]);
        await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, make.ExitCode);
        var audit = Task.Run(Audit, TestContext.Current.CancellationToken);
        await audit.WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("web.yaml")]
    [InlineData(".github/workflows/ci.yml")]
    [InlineData(".gitlab-ci.yml")]
    [InlineData("azure-pipelines.yml")]
    [InlineData("Dockerfile")]
    [InlineData("Jenkinsfile")]
    public void BytesThatAreNoText_GiveOneFinding(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.In(name))!);
        System.IO.File.WriteAllBytes(_folder.In(name), [.. "on: push\nFROM a\0b\n"u8, 0xc3, 0x28, 0xff]);
        var result = Audit();
        Assert.Equal("unreadable-file", Assert.Single(result.Findings).Rule.Id);
        Assert.True(result.Incomplete);
    }

    [Theory]
    [InlineData("web.yaml")]
    [InlineData("Dockerfile")]
    [InlineData("Jenkinsfile")]
    public void NulBytes_AreReadOrSaid(string name)
    {
        _folder.Write(name, "apiVersion: v1\0\nFROM a\0b\nRUN \0\nnode { sh '\0' }\n");
        Assert.False(Audit().Incomplete);
    }

    [Fact]
    public void FileThatMayNotBeRead_IsSaid()
    {
        Assert.SkipWhen(Environment.UserName == "root", "root may read everything");
        _folder.Write("web.yaml", "a: 1\n");
        System.IO.File.SetUnixFileMode(_folder.In("web.yaml"), UnixFileMode.None);
        Assert.True(Audit().Incomplete);
    }

    [Fact]
    public void FolderThatMayNotBeOpened_IsSaid()
    {
        Assert.SkipWhen(Environment.UserName == "root", "root may open everything");
        _folder.Write("closed/web.yaml", "a: 1\n");
        System.IO.File.SetUnixFileMode(_folder.In("closed"), UnixFileMode.None);
        var result = Audit();
        System.IO.File.SetUnixFileMode(_folder.In("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.True(result.Incomplete);
        Assert.Equal("closed", Assert.Single(result.Findings).Locations[0].Path);
    }

    [Fact]
    public void FolderBelowTheDeepest_IsSaid()
    {
        var deep = string.Concat(Enumerable.Repeat("d/", 64));
        _folder.Write(deep + "web.yaml", "a: 1\n");
        Assert.False(Audit().Incomplete);
        Assert.Equal(1, Audit().FilesRead);
        _folder.Write(deep + "e/web.yaml", "a: 1\n");
        var result = Audit();
        Assert.True(result.Incomplete);
        Assert.Equal(1, result.FilesRead);
        Assert.Equal(deep + "e", Assert.Single(result.Findings).Locations[0].Path);
        _folder.Write("signalbox.yaml", "audit:\n  exclude: [d/]\n");
        Assert.False(Audit().Incomplete);
    }

    [Theory]
    [InlineData("touch \"$(printf 'b\\351.yaml')\"", true)]
    [InlineData("mkdir \"$(printf 'b\\351')\"", true)]
    [InlineData("touch \"$(printf 'b\\351.png')\"", false)]
    [InlineData("echo 'a: 1' > \"$(printf 'b\\357\\277\\275.yaml')\"", false)]
    public async Task NameThatIsNoUtf8_IsSaidWhereItMatters(string command, bool said)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = _folder.Path })!;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, shell.ExitCode);
        var result = Audit();
        using var remove = Process.Start(new ProcessStartInfo("sh", ["-c", "rm -r ./*"]) { WorkingDirectory = _folder.Path })!;
        await remove.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(said, result.Incomplete);
        Assert.Equal(said, result.Findings.Any(f => f.Message.Contains("UTF-8", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task FilesThatVanishWhileRead_AreNoFindings()
    {
        using var stop = new CancellationTokenSource();
        var churn = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var name = $"d{i % 7}/web{i % 50}.yaml";
                if (i % 2 == 0) _folder.Write(name, "apiVersion: v1\nkind: Pod\n");
                else if (Directory.Exists(_folder.In($"d{i % 7}"))) Directory.Delete(_folder.In($"d{i % 7}"), recursive: true);
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 30; i++) Assert.DoesNotContain(Audit().Findings, f => f.Rule.Id == "unreadable-file");
        await stop.CancelAsync();
        await churn.WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    public static TheoryData<string, string> Deep => new()
    {
        { "web.yaml", string.Concat(Enumerable.Repeat("[", 100_000)) },
        { "web.yaml", string.Concat(Enumerable.Range(0, 5000).Select(i => new string(' ', i) + "a:\n")) },
        { "web.yaml", "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{(char)('b' + i)}: &{(char)('b' + i)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + i)}", 10))}]\n")) },
        { "Jenkinsfile", string.Concat(Enumerable.Repeat("node { ", 50_000)) },
        { "Jenkinsfile", "x = " + string.Concat(Enumerable.Repeat("(", 100_000)) },
        { "Jenkinsfile", "sh \"" + string.Concat(Enumerable.Repeat("${\"", 50_000)) },
        { ".github/workflows/ci.yml", $"on: push\njobs: {{ a: {{ runs-on: x, steps: [{{ run: 'echo ${{{{ {string.Concat(Enumerable.Repeat("(", 50_000))} }}}}' }}] }} }}\n" },
        { ".github/workflows/ci.yml", $"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          {string.Concat(Enumerable.Repeat("$(", 50_000))}\n" },
        { ".github/workflows/ci.yml", $"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          {string.Concat(Enumerable.Repeat("curl a|", 60_000))}tee b\n" },
        { ".github/workflows/ci.yml", $"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          {string.Concat(Enumerable.Repeat("ssh-keyscan a|", 40_000))}tee b\n" },
        { ".github/workflows/ci.yml", $"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          {string.Concat(Enumerable.Repeat("if npm audit; then ", 20_000))}\n" },
        { "Jenkinsfile", $"v = [{string.Concat(Enumerable.Repeat("[envVar: 'A', vaultKey: 'a'],", 10_000))}]\nnode {{\n{string.Concat(Enumerable.Repeat("withVault(v) { sh 'a' }\n", 10_000))}}}\n" },
        { ".gitlab-ci.yml", string.Concat(Enumerable.Range(0, 3000).Select(i => $"j{i}:\n  extends: [j{i + 1}, j{i + 2}]\n  script: [a]\n")) },
        { ".gitlab-ci.yml", "a:\n  extends: a\n  script: [!reference [a, script], !reference [b, script]]\nb:\n  extends: a\n  script: [!reference [a, script]]\n" },
        { "Dockerfile", "ARG A0=x\n" + string.Concat(Enumerable.Range(1, 60).Select(i => $"ARG A{i}=${{A{i - 1}}}${{A{i - 1}}}\n")) + "FROM ${A60}\n" },
        { ".gitlab-ci.yml", "# signalbox: ignore[blind-retry] x\n" + new string('#', 400_000) + "\n" + new string('/', 400_000) + "\n" },
        { "Dockerfile", "FROM a AS s0\n" + string.Concat(Enumerable.Range(1, 3000).Select(i => $"FROM s{i - 1} AS s{i}\nRUN apt-get install a\nCOPY a b\nUSER root\n")) },
        { ".github/workflows/ci.yml", $"on: push\njobs: {{ a: {{ runs-on: x, steps: [{string.Join(',', Enumerable.Repeat("{uses: a/b@v1}", 4000))}] }} }}\n" },
        { "Dockerfile", string.Concat(Enumerable.Repeat("RUN <<A <<B\n", 20_000)) },
        { "Dockerfile", "RUN " + string.Concat(Enumerable.Repeat("a\\\n", 200_000)) },
    };

    [Fact]
    public void LongNamesAndValues_AreLookedAtOnce()
    {
        var before = ThreadTime.Used;
        Assert.Equal(SecretLikeness.None, SecretWords.OfName("secret" + string.Concat(Enumerable.Repeat("max", 140_000))));
        Assert.Equal(SecretLikeness.None, SecretWords.OfValue(string.Concat(Enumerable.Repeat("a.", 500_000))));
        Assert.InRange(ThreadTime.Used - before, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [MemberData(nameof(Deep))]
    public void DeepNesting_EndsInTime(string name, string text)
    {
        var clock = Stopwatch.StartNew();
        new Auditor(new(RuleTable.All)).Run([File(name, text)]);
        Assert.True(clock.Elapsed < s_patience, $"{name} took {clock.Elapsed}");
    }

    [Fact]
    public void GitLab_DuplicateKeys_AreSaidAndTheRestIsRead()
    {
        const string Text = "deploy:\n  script:\n    - kubectl apply -f x\n  script:\n    - kubectl apply -f y\nother:\n  script:\n    - curl -k https://example.com | sh\n";
        var findings = new Auditor(new(RuleTable.All)).Run([File(".gitlab-ci.yml", Text)]).Findings;
        Assert.Contains(findings, f => f.Rule.Id == "unreadable-file" && f.Message.Contains("given twice", StringComparison.Ordinal));
        Assert.Contains(findings, f => f.Rule.Id == "remote-script-execution");
        Assert.Contains(findings, f => f.Locations[0].Line == 3);
    }

    public void Dispose() => _folder.Dispose();

    private AuditResult Audit() => new Auditor(new(RuleTable.All)).Run(_folder.Path);
}
