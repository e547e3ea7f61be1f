using System.Text.Json;

namespace Signalbox.Cli.Tests;

/// <summary><c>signalbox audit</c> as people and build servers run it.</summary>
public sealed class AuditTests : IDisposable
{
    private const string Workflow = "on: push\npermissions: {}\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    steps:\n      - uses: acme/build@v1\n      - uses: actions/checkout@v4\n      - uses: actions/upload-artifact@v4\n";

    private const string Head = "# digests of the images in use, as their registries had them; written by: signalbox audit --online --write-lock";

    private readonly TemporaryDirectory _folder = new();

    public AuditTests() => Write("repo/.github/workflows/ci.yml", Workflow);

    [Fact]
    public async Task Exit_SaysWhatWasFound()
    {
        await AuditAsync(1, "repo");
        await AuditAsync(1, "repo", "--level", "high");
        await AuditAsync(0, "repo", "--level", "critical");
        await AuditAsync(0, "repo", "--no-exit-codes");
        await AuditAsync(3, "nowhere");
        await AuditAsync(3, "");
        await AuditAsync(2, "repo", "--rule", "no-such-rule");
        await AuditAsync(2, "repo", "--since", "-x");
        await AuditAsync(2, "repo", "--write-lock");
        await AuditAsync(2, "repo", "--diff", "--write-baseline", "known.json");
        await AuditAsync(3, "repo", "--since", "HEAD");
        await AuditAsync(3, "repo", "--baseline", "none.json");
    }

    /// <summary>As one calls the linters of workflows: with their folder, from within it, or with files.</summary>
    [Fact]
    public async Task PartsOfARepository_AreReadAsPartsOfIt()
    {
        Write("repo/.github/workflows/other.yml", Workflow);
        Write("repo/k8s/pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, image: a, securityContext: { privileged: true } }] }\n");
        var folder = await AuditAsync(1, "repo/.github/workflows/");
        Assert.Contains("--> .github/workflows/ci.yml:8:", folder.Out);
        Assert.Contains("other.yml", folder.Out);
        Assert.DoesNotContain("pod.yaml", folder.Out);
        var file = await AuditAsync(1, "repo/.github/workflows/ci.yml");
        Assert.Contains("--> .github/workflows/ci.yml:8:", file.Out);
        Assert.DoesNotContain("other.yml", file.Out);
        var two = await AuditAsync(1, "repo/.github/workflows/ci.yml", "repo/.github/workflows/../workflows/other.yml", "repo/.github/workflows/ci.yml");
        Assert.Contains("ci.yml", two.Out);
        Assert.Contains("other.yml", two.Out);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "repo/.git"));
        Assert.Contains("--> k8s/pod.yaml", (await AuditAsync(1, "repo/k8s/pod.yaml")).Out);
        var both = await AuditAsync(1, "repo/k8s", "repo/.github");
        Assert.Contains("pod.yaml", both.Out);
        Assert.Contains("other.yml", both.Out);
        Assert.Contains("pod.yaml", (await AuditAsync(1, "repo", "repo/.github/workflows/ci.yml")).Out);
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "link.yml"), Path.Combine(_folder.Path, "repo/.github/workflows/ci.yml"));
        Assert.Contains("--> .github/workflows/ci.yml:8:", (await AuditAsync(1, "link.yml")).Out);
        Write("in/.gitlab/repo/.git/HEAD", "");
        Write("in/.gitlab/repo/.github/workflows/own.yml", Workflow);
        Assert.Contains("--> .github/workflows/own.yml", (await AuditAsync(1, "in/.gitlab/repo")).Out);
        // a repository may have the name of such a folder, and is whole
        Write(".github/.git/HEAD", "");
        Write(".github/.github/workflows/own.yml", Workflow);
        Assert.Contains("--> .github/workflows/own.yml", (await AuditAsync(1, ".github")).Out);
        Assert.Contains("not of one repository", (await AuditAsync(2, "repo/.github", ".github/.github/workflows/own.yml")).Error);
    }

    /// <summary>A later step that is not the platform's may push with the token: without it the fix would break the job.</summary>
    [Theory]
    [InlineData("      - uses: acme/push@v1\n", false)]
    [InlineData("      - run: git push\n", false)]
    [InlineData("      - run: npm test\n", true)]
    public async Task Fix_KeepsTheTokenWhereALaterStepMayNeedIt(string later, bool mended)
    {
        Write("repo/.github/workflows/ci.yml", Workflow + later);
        Assert.Equal(mended, (await AuditAsync(0, "repo", "--diff")).Out.Contains("persist-credentials: false", StringComparison.Ordinal));
        Assert.Contains("persist-credentials: false", (await AuditAsync(0, "repo", "--diff", "--fix=unsafe")).Out);
    }

    [Fact]
    public async Task FixSince_MendsOnlyWhatDiffers()
    {
        Write("repo/.github/workflows/old.yml", Workflow);
        foreach (var line in (string[][])[["init", "--quiet"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "one"]])
        {
            using var git = SignalboxProgram.Start("git", Path.Combine(_folder.Path, "repo"), new Dictionary<string, string>(), line);
            (await SignalboxProgram.EndOf(git)).Expect(0);
        }
        Write("repo/.github/workflows/ci.yml", "# changed\n" + Workflow);
        await AuditAsync(1, "repo", "--since", "HEAD", "--fix");
        Assert.Contains("persist-credentials: false", Read("repo/.github/workflows/ci.yml"));
        Assert.Equal(Workflow, Read("repo/.github/workflows/old.yml"));
        await AuditAsync(2, "repo", "--fix", "--baseline", "known.json");
    }

    [Fact]
    public async Task Rule_NamedTwice_IsOne_AndTheGradeSaysThatNotAllLooked()
    {
        var sarif = await AuditAsync(1, "repo", "--rule", "unpinned-action", "--rule", "unpinned-action", "--format", "sarif");
        Assert.StartsWith("{", sarif.Out);
        Assert.DoesNotContain("every rule looked", (await AuditAsync(0, "repo", "--rule", "script-injection", "--grades")).Out);
    }

    /// <summary>The policy's lines are shown where they are wrong: a link would show another file's.</summary>
    [Fact]
    public async Task PolicyThatIsALink_IsNotRead()
    {
        Write("creds", "audit: { disable: no-such-SECRET }\n");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "repo/signalbox.yaml"), "../creds");
        Assert.DoesNotContain("SECRET", (await AuditAsync(1, "repo")).All);
    }

    [Fact]
    public async Task WriteLock_KeepsWhatIsNotAnswered_AndWritesThroughNoLink()
    {
        const string Lock = "acme/build\n  refs/tags/v1 1111111111111111111111111111111111111111\n";
        Write("theirs", Lock);
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "repo/.github/actions.lock"), "../../theirs");
        var offline = new Dictionary<string, string> { ["https_proxy"] = "http://127.0.0.1:1", ["HTTPS_PROXY"] = "http://127.0.0.1:1" };
        (await SignalboxProgram.RunAsync(_folder.Path, offline, ["audit", "repo", "--online", "--write-lock"])).Expect(1);
        Assert.Equal(Lock, Read("theirs"));
        Write("lock", Lock);
        File.Move(Path.Combine(_folder.Path, "lock"), Path.Combine(_folder.Path, "repo/.github/actions.lock"), overwrite: true);
        var said = (await SignalboxProgram.RunAsync(_folder.Path, offline, ["audit", "repo", "--online", "--write-lock"])).Expect(1);
        Assert.Contains("kept as it was, for nothing was said of it now: acme/build", said.All);
        Assert.Contains(Lock, Read("repo/.github/actions.lock"));
    }

    /// <summary>With a real registry: the tag is asked for, pinned, and locked for runs without a network.</summary>
    [Fact]
    public async Task Online_PinsToTheDigestThatTheRegistryGives()
    {
        await using var registry = await DebianRegistry.StartAsync();
        var digest = DebianRegistry.DigestOf(await registry.ManifestAsync("1.0", []));
        Write("image/Dockerfile", $"FROM {registry.Authority}/app:1.0\nFROM {registry.Authority}/app:2.0\n");
        string[] pin = ["image", "--persona", "pedantic", "--rule", "base-image-not-pinned-digest"];
        // whoever wrote the repository does not say what of this machine is asked
        var unnamed = await AuditAsync(0, [.. pin, "--online", "--diff"]);
        Assert.Equal("", unnamed.Out);
        Assert.Contains($"no digest: {registry.Authority}/app:1.0: http://{registry.Authority}/", unnamed.Error);
        Assert.Contains($" is on this machine; expected a public address, or one that was named: --registry {registry.Authority}", unnamed.Error);
        await AuditAsync(2, [.. pin, "--registry", registry.Authority]);
        await AuditAsync(2, [.. pin, "--registry-auth", "none"]);
        await AuditAsync(2, [.. pin, "--online", "--registry", "a/b"]);
        await AuditAsync(2, [.. pin, "--online", "--write-lock", "--diff"]);

        string[] write = [.. pin, "--online", "--registry", registry.Authority, "--write-lock", "--format", "sarif"];
        Write("image/images.lock", "kind: ImagesLock\n");
        Assert.Contains("audit-lock-foreign", (await AuditAsync(3, write)).All);
        Assert.Equal("kind: ImagesLock\n", Read("image/images.lock"));
        Write("image/images.lock", $"{Head}\n{registry.Authority}/app:2.0 {digest}\n{registry.Authority}/app:gone {digest}\n");
        var locked = await AuditAsync(1, write);
        Assert.StartsWith("{", locked.Out);
        Assert.Contains($"no digest: {registry.Authority}/app:2.0: there is no image {registry.Authority}/app:2.0", locked.Error);
        Assert.Contains($"kept as it was, for nothing was said of it now: {registry.Authority}/app:2.0", locked.Error);
        Assert.Equal($"{Head}\n{registry.Authority}/app:1.0 {digest}\n{registry.Authority}/app:2.0 {digest}\n", Read("image/images.lock"));
        Write("image/images.lock", $"{Head}\n{registry.Authority}/app:1.0 {digest}\n");
        Assert.Contains($"+FROM {registry.Authority}/app:1.0@{digest}", (await AuditAsync(0, [.. pin, "--diff"])).Out);
        File.Delete(Path.Combine(_folder.Path, "image/images.lock"));
        await AuditAsync(1, [.. pin, "--online", "--registry", registry.Authority, "--fix"]);
        Assert.Equal($"FROM {registry.Authority}/app:1.0@{digest}\nFROM {registry.Authority}/app:2.0\n", Read("image/Dockerfile"));
    }

    [Fact]
    public async Task Exit_IsThreeWhereAFileIsNoText()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "odd"));
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "odd", "a.yaml"), [0xff, 0xfe, 0x00], TestContext.Current.CancellationToken);
        await AuditAsync(3, "odd", "--level", "high");
    }

    [Fact]
    public async Task Diff_ShowsAndChangesNothing_FixWritesTheSame()
    {
        var diff = await AuditAsync(0, "repo", "--diff");
        Assert.Contains("+++ b/.github/workflows/ci.yml", diff.Out);
        Assert.Contains("+          persist-credentials: false", diff.Out);
        Assert.Equal(Workflow, Read("repo/.github/workflows/ci.yml"));
        var fixedRun = await AuditAsync(1, "repo", "--fix", "--format", "json");
        using var json = JsonDocument.Parse(fixedRun.Out);
        Assert.Contains("mended 1 finding", fixedRun.Error);
        Assert.Contains("          persist-credentials: false", Read("repo/.github/workflows/ci.yml"));
        Assert.Equal("", (await AuditAsync(0, "repo", "--diff")).Out);
    }

    [Fact]
    public async Task Baseline_LeavesNewFindingsAlone()
    {
        await AuditAsync(0, "repo", "--write-baseline", "known.json");
        Assert.Contains("in the baseline)", (await AuditAsync(0, "repo", "--baseline", "known.json")).Out);
        Write("repo/.github/workflows/ci.yml", "# moved\n" + Workflow + "      - uses: acme/new@v1\n");
        var said = await AuditAsync(1, "repo", "--baseline", "known.json");
        Assert.Contains("'acme/new'", said.Out);
        Assert.DoesNotContain("'acme/build'", said.Out);
    }

    [Fact]
    public async Task Organisation_IsOneTable()
    {
        Write("other/readme.md", "x");
        var text = await AuditAsync(1, "--org", ".");
        Assert.Contains("repository  grade", text.Out);
        Assert.Contains("in 2 repositories", text.Out);
        using var json = JsonDocument.Parse((await AuditAsync(1, "repo", "other", "--format", "json")).Out);
        Assert.Equal(2, json.RootElement.GetProperty("repositories").GetArrayLength());
        await AuditAsync(2, "--org", ".", "--format", "sarif");
        await AuditAsync(2, "repo", "other", "--fix");
    }

    [Fact]
    public async Task Check_KnowsTheAuditsPolicy()
    {
        Write("repo/signalbox.yaml", "apiVersion: signalbox/v1\naudit:\n  rules:\n    unpinned-action: { off: ours }\n");
        Assert.Contains("the audit's policy is well-formed", (await RunAsync("check", "repo")).Expect(0).Out);
        Write("repo/signalbox.yaml", "apiVersion: signalbox/v1\naudit:\n  rules:\n    unpinned-actoin: { off: ours }\n");
        Assert.Contains("did you mean 'unpinned-action'", (await RunAsync("check", "repo")).Expect(1).Error);
        Assert.Contains("[invalid-policy]", (await AuditAsync(1, "repo")).Out);
    }

    [Fact]
    public async Task Explain_KnowsTheAuditsOwnNotices() => Assert.Contains("unused-ignore", (await RunAsync("explain", "unused-ignore")).Expect(0).Out);

    [Fact]
    public async Task OurOwnRepository_HasNoFindings() => (await SignalboxProgram.RunAsync(SignalboxProgram.Root(), null, ["audit", "."])).Expect(0);

    public void Dispose() => _folder.Dispose();

    private async Task<Ended> AuditAsync(int code, params string[] arguments) => (await RunAsync(["audit", .. arguments])).Expect(code);

    private Task<Ended> RunAsync(params string[] arguments) => SignalboxProgram.RunAsync(_folder.Path, null, arguments);

    private void Write(string path, string text)
    {
        var full = Path.Combine(_folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private string Read(string path) => File.ReadAllText(Path.Combine(_folder.Path, path));
}
