namespace Signalbox.Pipelines.Portable;

/// <summary>What the platforms call what they all set by themselves.</summary>
/// <remarks>
/// Sources: docs.github.com, "Contexts reference" and "Variables reference"; docs.gitlab.com, "Predefined CI/CD variables reference";
/// learn.microsoft.com, "Use predefined variables"; jenkins.io, "Using a Jenkinsfile: environment variables", with the Git and Branch Source plug-ins.
/// </remarks>
internal static class ReferenceTable
{
    /// <param name="Context">GitHub's expression.</param>
    /// <param name="GitHub">GitHub's variable in a shell.</param>
    /// <param name="Azure">The macro's name; a shell has it in capitals with underscores.</param>
    private sealed record Row(ReferenceKind Kind, string? Context, string? GitHub, string? GitLab, string? Azure, string? Jenkins);

    private static readonly Row[] s_rows =
    [
        new(ReferenceKind.Commit, "github.sha", "GITHUB_SHA", "CI_COMMIT_SHA", "Build.SourceVersion", "GIT_COMMIT"),
        new(ReferenceKind.RefName, "github.ref_name", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "Build.SourceBranchName", "BRANCH_NAME"),
        new(ReferenceKind.Ref, "github.ref", "GITHUB_REF", null, "Build.SourceBranch", null),
        new(ReferenceKind.Tag, null, null, "CI_COMMIT_TAG", null, "TAG_NAME"),
        new(ReferenceKind.Repository, "github.repository", "GITHUB_REPOSITORY", "CI_PROJECT_PATH", "Build.Repository.Name", null),
        new(ReferenceKind.RepositoryOwner, "github.repository_owner", "GITHUB_REPOSITORY_OWNER", "CI_PROJECT_NAMESPACE", null, null),
        new(ReferenceKind.RunId, "github.run_id", "GITHUB_RUN_ID", "CI_PIPELINE_ID", "Build.BuildId", null),
        new(ReferenceKind.RunNumber, "github.run_number", "GITHUB_RUN_NUMBER", "CI_PIPELINE_IID", null, "BUILD_NUMBER"),
        new(ReferenceKind.Actor, "github.actor", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "Build.RequestedFor", null),
        new(ReferenceKind.Workspace, "github.workspace", "GITHUB_WORKSPACE", "CI_PROJECT_DIR", "Build.SourcesDirectory", "WORKSPACE"),
        new(ReferenceKind.TemporaryFolder, "runner.temp", "RUNNER_TEMP", null, "Agent.TempDirectory", "WORKSPACE_TMP"),
        new(ReferenceKind.RunnerSystem, "runner.os", "RUNNER_OS", null, "Agent.OS", null),
        new(ReferenceKind.BaseBranch, "github.base_ref", "GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "System.PullRequest.TargetBranchName", "CHANGE_TARGET"),
        new(ReferenceKind.HeadBranch, "github.head_ref", "GITHUB_HEAD_REF", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", null, "CHANGE_BRANCH"),
        new(ReferenceKind.PullRequest, "github.event.pull_request.number", null, "CI_MERGE_REQUEST_IID", "System.PullRequest.PullRequestNumber", "CHANGE_ID"),
        new(ReferenceKind.DefaultBranch, "github.event.repository.default_branch", null, "CI_DEFAULT_BRANCH", null, null),
        new(ReferenceKind.OutputFile, null, "GITHUB_OUTPUT", null, null, null),
        new(ReferenceKind.Token, "github.token", null, "CI_JOB_TOKEN", "System.AccessToken", null),
    ];

    // Azure's other names of the folder that the sources are in
    private static readonly string[] s_sources = ["System.DefaultWorkingDirectory", "Build.Repository.LocalPath"];

    private static string Capitals(string macro) => macro.Replace('.', '_').ToUpperInvariant();

    /// <summary>GitHub's expression; null where it has none.</summary>
    public static string? Context(ReferenceKind kind) => Of(kind)?.Context;

    public static string? Macro(ReferenceKind kind) => Of(kind)?.Azure;

    /// <summary>The variable that a shell has on a platform; null where there is none.</summary>
    public static string? Shell(ReferenceKind kind, Platform platform) => Of(kind) is not { } row ? null : Shell(row, platform);

    /// <summary>What GitHub's expression, in lower case, stands for.</summary>
    public static ReferenceKind? OfContext(string path) =>
        path == "secrets.github_token" ? ReferenceKind.Token : s_rows.FirstOrDefault(r => r.Context == path)?.Kind;

    public static ReferenceKind? OfMacro(string name) => s_sources.Contains(name, StringComparer.OrdinalIgnoreCase) ? ReferenceKind.Workspace : s_rows.FirstOrDefault(r => name.Equals(r.Azure, StringComparison.OrdinalIgnoreCase))?.Kind;

    /// <summary>What a shell's variable stands for on a platform.</summary>
    public static ReferenceKind? OfShell(string name, Platform platform) => platform == Platform.AzurePipelines && s_sources.Any(s => Capitals(s) == name) ? ReferenceKind.Workspace : s_rows.FirstOrDefault(r => Shell(r, platform) == name)?.Kind;

    /// <summary>Whether a platform keeps names like this for itself.</summary>
    public static bool IsReserved(string name, Platform platform) => platform switch
    {
        Platform.GitHubActions => name.StartsWith("GITHUB_", StringComparison.Ordinal) || name.StartsWith("RUNNER_", StringComparison.Ordinal),
        Platform.GitLab => name.StartsWith("CI_", StringComparison.Ordinal) || name.StartsWith("GITLAB_", StringComparison.Ordinal),
        Platform.AzurePipelines => name.StartsWith("BUILD_", StringComparison.Ordinal) || name.StartsWith("SYSTEM_", StringComparison.Ordinal) || name.StartsWith("AGENT_", StringComparison.Ordinal),
        _ => name is "BUILD_ID" or "BUILD_TAG" or "BUILD_URL" or "BUILD_NUMBER" or "JOB_NAME" or "JOB_BASE_NAME" or "JENKINS_URL" or "NODE_NAME" or "EXECUTOR_NUMBER" or "WORKSPACE_TMP" or "WORKSPACE" or "TAG_NAME" or "BRANCH_NAME"
            || name.StartsWith("CHANGE_", StringComparison.Ordinal) || name is "GIT_COMMIT" or "GIT_BRANCH" or "GIT_URL" or "GIT_PREVIOUS_COMMIT",
    };

    private static Row? Of(ReferenceKind kind) => s_rows.FirstOrDefault(r => r.Kind == kind);

    private static string? Shell(Row row, Platform platform) => platform switch
    {
        Platform.GitHubActions => row.GitHub,
        Platform.GitLab => row.GitLab,
        Platform.AzurePipelines => row.Azure is "System.AccessToken" ? null : row.Azure is { } macro ? Capitals(macro) : null,
        _ => row.Jenkins,
    };
}
