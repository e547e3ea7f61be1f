using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.GitHub;

/// <summary>Recognises where an outsider's code comes onto the machine, and where it runs.</summary>
internal static class UntrustedCode
{
    // what names the proposed change: docs.github.com, "Webhook events and payloads"
    private static readonly string[] s_marks =
    [
        "github.event.pull_request.head", "github.head_ref", "github.event.workflow_run.head", "github.event.workflow_run.pull_requests", "refs/pull/", "pull/${{",
        "github.event.pull_request.merge_commit_sha", "github.event.number", "github.event.issue.number", "github.event.check_suite.head", "github.event.check_run.head",
        "github.event.pull_request.number", "head.sha", "head_sha", "head.ref", "head-sha", "pull_request_sha",
    ];

    /// <summary>Whether a step fetches the code of a proposed change.</summary>
    public static bool IsCheckedOut(Step step)
    {
        if (step.Uses is { } uses && uses.Is("actions/checkout")) return new[] { step.Input("ref"), step.Input("repository") }.Any(IsForeign);
        return step.Script is { } script && script.Shell.Commands.Any(Fetches);
    }

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
        "gradlew", "ant", "sbt", "dotnet", "msbuild", "composer", "terraform", "tofu", "terragrunt", "tflint", "checkov", "ansible-playbook", "docker", "docker-compose", "goreleaser", "cmake", "bazel",
        "bazelisk", "just", "task", "mix", "stack", "cabal", "swift", "xcodebuild", "vale", "eslint", "prettier", "stylelint", "golangci-lint", "mkdocs", "sphinx-build", "jekyll", "hugo", "phpstan", "phpunit", "rspec",
        "rubocop", "webpack", "vite", "tsc", "ng", "nx", "lerna", "turbo", "hatch", "setup.py", "earthly", "nix", "devbox", "tilt", "skaffold",
    };

    private static readonly HashSet<string> s_interpreters = new(StringComparer.Ordinal) { "bash", "sh", "zsh", "python", "python3", "node", "ruby", "perl", "php", "pwsh", "powershell", "source", "." };

    /// <summary>The command of a step that runs files of the checked-out tree, or null.</summary>
    public static ShellCommand? Runner(Step step) => step.Script?.Shell.Commands.FirstOrDefault(c => RunsFiles(c) || LaunchedTool.In(c).Any(l => s_tools.Contains(l.Program) && RunsFiles(l)));

    private static bool RunsFiles(ShellCommand command)
    {
        if (command.Words.Length == 0 || command.Arguments.Any(a => a.Text is "--version" or "--help" or "-V")) return false;
        if (s_tools.Contains(command.Program)) return command.Verb is not ("login" or "logout" or "config" or "version" or "install" or "i") || command.Program is "npm" or "yarn" or "pnpm" or "bun" or "make" or "cargo" or "composer" or "bundle" || RunsOwn(command);
        if (s_interpreters.Contains(command.Program)) return command.Arguments.FirstOrDefault(a => !a.Text.StartsWith('-')) is { } file && (command.Program is "." or "source" || IsScript(file.Text)) && !command.Has("-c") && !command.Has("-e");
        return command.Words.Any(w => w.Text.StartsWith("./", StringComparison.Ordinal) && ReferenceEquals(w, Head(command)));
    }

    // `pip install -r` and `pip install .` run the tree's own files; `pip install flake8` does not
    private static bool RunsOwn(ShellCommand command) => command.Arguments.Any(a => a.Text is "-r" or "." or "-e" || a.Text.StartsWith("--requirement", StringComparison.Ordinal) || a.Text.StartsWith("./", StringComparison.Ordinal) || a.Text.StartsWith(".[", StringComparison.Ordinal));

    private static bool IsScript(string word) => !word.StartsWith("http", StringComparison.Ordinal) && !word.StartsWith("/usr", StringComparison.Ordinal) && !word.StartsWith('$') && word.Contains('.');

    private static ShellWord? Head(ShellCommand command) => command.Words.FirstOrDefault(w => w.Text.EndsWith(command.Program, StringComparison.Ordinal) && command.Program.Length > 0);

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
