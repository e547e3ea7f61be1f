namespace Signalbox.Cli.Tests.Running;

/// <summary>Jobs in containers and image builds, by programs that take what the real ones take, and write down how they were called.</summary>
public sealed class RunContainerTests : IDisposable
{
    private const string Id = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    private const string Pushed = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

    private readonly RunProject _project = new();

    private string Calls => _project.Beside("calls");

    public void Dispose() => _project.Dispose();

    [Fact]
    public async Task AJobInAnImage_RunsThere_AndNoListOfProcessesShowsItsSecrets()
    {
        Engine();
        _project.Pipeline("""build: { run: "printf %s $TOKEN | wc -c > out.txt", image: "node:24", env: { TOKEN: { secret: NPM_TOKEN } }, inputs: [], outputs: [out.txt] }""");
        Assert.Contains("ok build", (await _project.RunAsync()).Expect(0).Out);
        Assert.Equal($"{RunProject.Secret.Length}", _project.Read("out.txt").Trim());
        var call = await File.ReadAllTextAsync(Calls, TestContext.Current.CancellationToken);
        Assert.Matches($"^run --rm --init --label signalbox.run=run-1-\\d+-\\d+ --volume {_project.Path}:{_project.Path} --workdir {_project.Path} --user \\d+ --env TOKEN --env CI --entrypoint /bin/sh node:24 -e -c printf", call);
        Assert.DoesNotContain(RunProject.Secret, call);
        Assert.Contains("known build", (await _project.RunAsync()).Expect(0).Out);
    }

    [Fact]
    public async Task AContainerOfAKilledRun_IsRemovedByTheNext()
    {
        Engine();
        _project.Pipeline("""build: { run: "true", image: "node:24", cache: false }""");
        await File.WriteAllTextAsync(_project.Beside("hang"), "", TestContext.Current.CancellationToken);
        using (var running = _project.Start())
        {
            await Eventually.Async(() => File.Exists(_project.Beside("hangs")), "the container runs");
            RunProject.Signal(running, 9);
            await running.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        File.Delete(_project.Beside("hang"));
        (await _project.RunAsync()).Expect(0);
        var calls = await File.ReadAllLinesAsync(Calls, TestContext.Current.CancellationToken);
        Assert.Matches("^ps --all --quiet --filter label=signalbox.run=run-1-", calls[1]);
        Assert.Equal("rm --force c0ffee", calls[2]);
        Assert.StartsWith("run ", calls[3]);
    }

    [Fact]
    public async Task WithoutAnEngine_TheJobSaysWhatToInstall()
    {
        _project.OwnProgramsAlone();
        _project.Pipeline("""
            build: { run: "true", image: "node:24" }
            package: { builds: { image: registry.example.com/shop } }
            """);
        var run = (await _project.RunAsync("--keep-going")).Expect(1);
        Assert.Contains("it runs in node:24, and neither docker nor podman is installed; remove image to run it on this machine", run.Out);
        Assert.Contains("it builds an image, and none of buildah, docker, podman is installed; install one of them", run.Out);
    }

    [Theory]
    [InlineData("buildah")]
    [InlineData("docker")]
    public async Task AnImage_IsBuiltAndPushed_AndKnownByTheRegistrysDigest(string builder)
    {
        _project.OwnProgramsAlone();
        Builder(builder);
        _project.Write("app.txt", "app");
        _project.Pipeline("""
            package: { builds: { image: "registry.example.com:5000/shop:main", from: deploy/Dockerfile, push: true } }
            sign: { needs: [package] }
            """);
        var run = (await _project.RunAsync()).Expect(3);
        Assert.Contains($"image: registry.example.com:5000/shop@{Pushed}\n", run.Out);
        var image = (await _project.ShowAsync()).GetProperty("images")[0];
        Assert.Equal(("registry.example.com:5000/shop:main", Id, Pushed), (image.GetProperty("image").GetString(), image.GetProperty("id").GetString(), image.GetProperty("digest").GetString()));
        var provenance = _project.Read(".signalbox/runs/1/provenance.json");
        Assert.Contains($"\"name\":\"registry.example.com:5000/shop\",\"digest\":{{\"sha256\":\"{Pushed[7..]}\"}}", provenance.Replace(" ", "", StringComparison.Ordinal));
        Assert.StartsWith("build --file deploy/Dockerfile --tag registry.example.com:5000/shop:main --iidfile ", await File.ReadAllTextAsync(Calls, TestContext.Current.CancellationToken));
        Assert.Contains(".signalbox is part of the context", (await _project.RunAsync("log", "package")).Expect(0).Out);
    }

    [Fact]
    public async Task AnImageThatIsNotPushed_HasNoDigestThatAnybodyCouldFetch()
    {
        _project.OwnProgramsAlone();
        Builder("buildah");
        _project.Pipeline("package: { builds: { image: shop } }");
        Assert.Contains($"image: shop, {Id}, not pushed\n", (await _project.RunAsync()).Expect(0).Out);
        Assert.DoesNotContain("push", await File.ReadAllTextAsync(Calls, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ABuilderThatTellsNoDigest_OrFails_IsAFailure()
    {
        _project.OwnProgramsAlone();
        _project.Pipeline("package: { builds: { image: shop } }");
        _project.Program("buildah", "while [ $# -gt 0 ]; do [ \"$1\" = --iidfile ] && echo done > \"$2\"; shift; done");
        Assert.Contains("the builder told no digest of shop", (await _project.RunAsync()).Expect(1).Out);
        _project.Program("buildah", "echo 'no such stage' >&2; exit 125");
        var failed = (await _project.RunAsync()).Expect(1).Out;
        Assert.Contains("exited with code 125", failed);
        Assert.Contains("  | no such stage\n", failed);
    }

    /// <summary>A container engine without containers: runs the script here, and has one container where its file is.</summary>
    private void Engine() => _project.Program("docker", $$"""
        echo "$*" >> {{Calls}}
        case $1 in
          run)
            if [ -e {{_project.Beside("hang")}} ]; then echo > {{_project.Beside("hangs")}}; sleep 300; fi
            for last; do :; done
            exec /bin/sh -e -c "$last" ;;
          ps) if [ -e {{_project.Beside("hangs")}} ]; then echo c0ffee; fi ;;
          rm) rm -f {{_project.Beside("hangs")}} ;;
        esac
        """);

    /// <summary>Shell built-ins alone: nothing else is on its PATH.</summary>
    private void Builder(string name) => _project.Program(name, $$"""
        echo "$*" >> {{Calls}}
        case "$1 $2" in
          'image inspect') echo 'registry.example.com:5000/other@sha256:3333333333333333333333333333333333333333333333333333333333333333'; echo 'registry.example.com:5000/shop@{{Pushed}}' ;;
        esac
        while [ $# -gt 0 ]; do
          case $1 in
            --iidfile) printf %s {{Id}} > "$2" ;;
            --digestfile) printf %s {{Pushed}} > "$2" ;;
          esac
          shift
        done
        """);
}
