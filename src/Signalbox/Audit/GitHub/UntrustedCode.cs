using System.Text.RegularExpressions;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.GitHub;

/// <summary>Recognises where an outsider's code comes onto the machine, and where it runs.</summary>
internal static partial class UntrustedCode
{
    // what names the proposed change: docs.github.com, "Webhook events and payloads"
    private static readonly string[] s_marks =
    [
        "github.event.pull_request.head", "github.head_ref", "github.event.workflow_run.head", "github.event.workflow_run.pull_requests", "refs/pull/", "pull/${{",
        "github.event.pull_request.merge_commit_sha", "github.event.number", "github.event.issue.number", "github.event.check_suite.head", "github.event.check_run.head",
        "github.event.pull_request.number", "head.sha", "head_sha", "head.ref", "head-sha", "pull_request_sha",
    ];

    // names of branches alone: without the repository they lie in, they are the base repository's own
    private static readonly string[] s_branches = ["head_ref", "head.ref", "head_branch", "head.label"];

    /// <summary>Whether a step fetches the code of a proposed change.</summary>
    /// <param name="behind">What stands behind the expressions of a text: what callers hand in for an input, what env or a step's output holds.</param>
    public static bool IsCheckedOut(Step step, Func<string, IEnumerable<string>>? behind = null)
    {
        if (step.Uses is { } uses && uses.Is("actions/checkout")) return IsForeign(step.Input("ref"), step.Input("repository"), behind ?? (_ => []));
        return step.Script is { } script && new FetchedChange().Puts(script.Shell) is not null;
    }

    /// <summary>Follows what git fetches of a proposed change, over the scripts of a job: it lies in no folder until something checks it out.</summary>
    public sealed class FetchedChange
    {
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);

        /// <returns>The first command of a script that puts the change into the folder; null where none does.</returns>
        public ShellCommand? Puts(ShellScript script)
        {
            foreach (var command in script.Commands)
                if (command is { Program: "git", Verb: "fetch" })
                {
                    if (!Fetches(command)) continue;
                    _names.Add("FETCH_HEAD");
                    // REMOTE:LOCAL
                    _names.UnionWith(command.Arguments.Select(a => a.Text).Where(a => a.Contains(':') && !a.Contains("://", StringComparison.Ordinal)).Select(a => Short(a[(a.LastIndexOf(':') + 1)..])));
                }
                else if (Fetches(command) || _names.Count > 0 && command is { Program: "git", Verb: "checkout" or "switch" or "merge" or "reset" or "rebase" or "cherry-pick" } && command.Arguments.Any(a => _names.Contains(Short(a.Text)))) return command;
            return null;
        }

        private static string Short(string reference) => reference.StartsWith("refs/heads/", StringComparison.Ordinal) ? reference["refs/heads/".Length..] : reference;
    }

    private static bool IsForeign(string? reference, string? repository, Func<string, IEnumerable<string>> behind)
    {
        if (Values(repository, behind).Any(IsForeign)) return true;
        var elsewhere = IsElsewhere(repository);
        return Values(reference, behind).Any(r => IsForeign(elsewhere ? r : WithoutBranches(r)));
    }

    /// <summary>A value, and what stands behind it.</summary>
    private static IEnumerable<string> Values(string? value, Func<string, IEnumerable<string>> behind) => value is null ? [] : behind(value).Append(value);

    /// <summary>The names of the inputs that a text reads.</summary>
    public static IEnumerable<string> InputsIn(string text) => Input().Matches(text).Select(m => m.Groups["name"].Value);

    /// <summary>Whether a repository's name may be another's than the base repository's own: an expression that can be anything else may be a fork's.</summary>
    private static bool IsElsewhere(string? repository) => repository is not null && Expressions(repository).Any(e => e is null || ExpressionFlow.Leaves(e).Any(l => !IsBase(l.Path)));

    /// <summary>The expressions in a text; null for one that cannot be read.</summary>
    public static IEnumerable<Expression?> Expressions(string text)
    {
        for (var at = text.IndexOf("${{", StringComparison.Ordinal); at >= 0; at = text.IndexOf("${{", at, StringComparison.Ordinal))
        {
            var parsed = ExpressionParser.Fenced(text, at + 3);
            yield return parsed.Root;
            at = Math.Max(at + 3, parsed.End);
        }
    }

    private static bool IsBase(string? path) => path is not null && s_base.Any(b => path == b || path.StartsWith(b + ".", StringComparison.Ordinal));

    // docs.github.com, "Contexts": the repository that the run belongs to
    private static readonly string[] s_base = ["github.repository", "github.repository_owner", "github.event.repository", "github.event.pull_request.base"];

    private static string WithoutBranches(string value) => s_branches.Aggregate(value, (text, branch) => text.Replace(branch, "", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\binputs\.(?<name>[\w-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Input();

    private static bool IsForeign(string? value) => value is not null && s_marks.Any(m => value.Contains(m, StringComparison.OrdinalIgnoreCase));

    private static bool Fetches(ShellCommand command) => command.Program switch
    {
        "gh" => command.Is("gh", "pr", "checkout"),
        "git" => command.Verb is "fetch" or "checkout" or "pull" or "clone" or "merge" or "reset" or "switch" && command.Arguments.Any(a => IsForeign(a.Text) || a.Text.Contains("pull/", StringComparison.Ordinal)),
        "hub" => command.Is("hub", "pr", "checkout"),
        _ => false,
    };

    // programs that run what a repository's own files say: boostsecurityio.github.io/lotp, and each tool's manual
    private static readonly HashSet<string> s_tools = new(StringComparer.Ordinal)
    {
        "make", "npm", "npx", "yarn", "pnpm", "bun", "pip", "pip3", "pipenv", "poetry", "uv", "tox", "nox", "pytest", "pre-commit", "bundle", "rake", "gem", "cargo", "go", "mvn", "mvnw", "gradle",
        "gradlew", "ant", "sbt", "dotnet", "msbuild", "composer", "terraform", "tofu", "terragrunt", "helmfile", "tflint", "checkov", "ansible-playbook", "docker", "docker-compose", "goreleaser", "cmake", "bazel",
        "bazelisk", "just", "task", "mix", "stack", "cabal", "swift", "xcodebuild", "vale", "eslint", "prettier", "stylelint", "golangci-lint", "mkdocs", "sphinx-build", "jekyll", "hugo", "phpstan", "phpunit", "rspec",
        "rubocop", "webpack", "vite", "tsc", "ng", "nx", "lerna", "turbo", "hatch", "setup.py", "earthly", "nix", "devbox", "tilt", "skaffold",
    };

    private static bool IsInterpreter(string program) => Interpreters.Is(program) || program is "source" or ".";

    /// <summary>The command of a step that runs files of the checked-out tree, or null.</summary>
    public static ShellCommand? Runner(Step step) => step.Script?.Shell.Commands.FirstOrDefault(RunsTree);

    /// <summary>Whether a command runs files of the folder it stands in, or of one that it names.</summary>
    public static bool RunsTree(ShellCommand command) => IsRunner(command) || LaunchedTool.In(command).Any(l => s_tools.Contains(l.Program) && IsRunner(l));

    /// <summary>The word that says which file a command runs: an interpreter's script, or the program's own path; null where a tool looks for its files itself.</summary>
    public static ShellWord? ScriptWord(ShellCommand command)
    {
        // python -m TOOL reads what the tool is told
        if (LaunchedTool.In(command).Prepend(command).FirstOrDefault(c => IsInterpreter(c.Program)) is { } runs) return runs.Has("-m") ? null : runs.Arguments.FirstOrDefault(a => !a.Text.StartsWith('-'));
        return s_tools.Contains(command.Program) || command.ProgramPath?.Contains('/') != true ? null : command.Words.FirstOrDefault(w => w.Text == command.ProgramPath);
    }

    private static bool IsRunner(ShellCommand command) => !IsForItself(command) && RunsFiles(command);

    // docs.npmjs.com, "config: global" and npmrc: a global install reads neither the project's package.json nor its .npmrc
    private static bool IsForItself(ShellCommand command) => command.Program is "npm" or "pnpm" or "yarn" or "bun"
        && (command.Verb is "config" or "cache" or "view" or "whoami" or "login" or "logout" or "get" or "set" or "prefix" or "root"
            || ((command.Arguments.Any(a => a.Text is "-g" or "--global" or "--location=global") || command.Is("yarn", "global", "add")) && InstallsByName(command)));

    private static bool InstallsByName(ShellCommand command)
    {
        var names = command.Arguments.Where(a => !a.Text.StartsWith('-')).Select(a => a.Text).Where(a => a is not ("global" or "add" or "install" or "i")).ToList();
        return command.Verb is "install" or "i" or "add" or "global" && names.Count > 0 && !names.Any(n => n.StartsWith('.') || n.StartsWith('/') || n.StartsWith('$'));
    }

    private static bool RunsFiles(ShellCommand command)
    {
        if (command.Words.Length == 0 || OnlyTells(command)) return false;
        if (s_tools.Contains(command.Program)) return command.Verb is not ("login" or "logout" or "config" or "version" or "install" or "i") || command.Program is "npm" or "yarn" or "pnpm" or "bun" or "make" or "cargo" or "composer" or "bundle" || RunsOwn(command);
        if (IsInterpreter(command.Program)) return command.Arguments.FirstOrDefault(a => !a.Text.StartsWith('-')) is { } file && (command.Program is "." or "source" || IsScript(file.Text)) && !command.Has("-c") && !command.Has("-e");
        // refs/heads/main) is a pattern of a case
        return command.ProgramPath is { } path && path.Contains('/') && !path.Contains('*') && !path.StartsWith("refs/", StringComparison.Ordinal) && (Workspace.IsWithin(path) || !(path.StartsWith('/') || path.StartsWith('~') || path.StartsWith('$')));
    }

    // what programs tell of themselves, and what they do without a file of the tree: each one's manual
    private static bool OnlyTells(ShellCommand command) =>
        command.Arguments.Any(a => a.Text is "--version" or "--help" or "-V" or "--info" or "--list-sdks" or "--list-runtimes") || command.Arguments is [{ Text: "-v" or "-h" or "version" or "help" or "env" }, ..]
        || command.Program switch
        {
            "docker" => !(command.Verb is "build" or "buildx" or "bake" or "compose" or "stack" or "image" or "builder" or "run" or "create") || command.Is("docker", "buildx", "version") || command.Is("docker", "buildx", "ls") || command.Is("docker", "buildx", "create")
                || command.Is("docker", "buildx", "imagetools") || command.Is("docker", "buildx", "use") || command.Is("docker", "buildx", "inspect") || (command.Verb == "image" && !command.Is("docker", "image", "build"))
                || (command.Verb is "run" or "create" && !command.Arguments.Any(a => IsOfHere(a.Text))),
            "dotnet" => command.Verb is "nuget" or "workload" or "dev-certs" or "new" or "sdk",
            "go" => command.Verb is "env" or "version" or "clean" or "doc" or "telemetry" || (command.Verb is "run" or "install" or "get" && command.Arguments.Any(a => a.Text.Contains('@'))),
            "cargo" => command.Verb is "search" or "yank" or "owner" || (command.Verb == "install" && !command.Has("--path")),
            "terraform" or "tofu" => command.Verb is "fmt" or "output" or "login" or "logout",
            _ => false,
        };

    // a container that is given the folder runs what lies there
    private static readonly string[] s_here = ["$PWD", "${PWD}", "$(pwd)", "`pwd`", "GITHUB_WORKSPACE", "github.workspace", "=.,", "=.:"];

    private static bool IsOfHere(string word) => s_here.Any(h => word.Contains(h, StringComparison.Ordinal)) || (word.StartsWith('.') && word.Contains(':'));

    // `pip install -r` and `pip install .` run the tree's own files; `pip install flake8` does not
    private static bool RunsOwn(ShellCommand command) => command.Arguments.Any(a => a.Text is "-r" or "." or "-e" || a.Text.StartsWith("--requirement", StringComparison.Ordinal) || a.Text.StartsWith("./", StringComparison.Ordinal) || a.Text.StartsWith(".[", StringComparison.Ordinal));

    private static bool IsScript(string word) => !word.StartsWith("http", StringComparison.Ordinal) && !word.StartsWith("/usr", StringComparison.Ordinal) && (!word.StartsWith('$') || Workspace.IsWithin(word)) && word.Contains('.');

    // actions that run what the tree's files say
    private static readonly string[] s_actions =
    [
        "pre-commit/action", "golangci/golangci-lint-action", "gradle/gradle-build-action", "docker/build-push-action", "docker/bake-action", "goreleaser/goreleaser-action", "bridgecrewio/checkov-action",
        "ruby/setup-ruby", "actions/jekyll-build-pages", "oxsecurity/megalinter", "super-linter/super-linter", "github/super-linter", "cypress-io/github-action", "borales/actions-yarn",
    ];

    /// <summary>Whether a step uses code of the checked-out tree.</summary>
    public static bool UsesTree(Step step) => step.Uses is { } uses && ((uses.IsLocal && !uses.Name.StartsWith("$/", StringComparison.Ordinal)) || s_actions.Any(a => uses.Repository.Equals(a, StringComparison.OrdinalIgnoreCase)
        && (a != "ruby/setup-ruby" || step.Input("bundler-cache") == "true")));
}
