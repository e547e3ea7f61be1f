namespace Signalbox.Audit.GitHub;

/// <summary>How much an outsider can write into a context's value.</summary>
internal enum Control
{
    /// <summary>Nothing: numbers, hashes, dates, names of the repository itself.</summary>
    None,

    /// <summary>A little: a value with a fixed form, such as an account's name or a URL, or one of few that others wrote.</summary>
    Structured,

    /// <summary>Any text.</summary>
    Free,

    /// <summary>It depends on what else the workflow does.</summary>
    Unknown,
}

/// <summary>Which values of a run an outsider writes.</summary>
/// <remarks>Sources: docs.github.com, "Secure use reference" (untrusted input) and "Webhook events and payloads"; securitylab.github.com, "Untrusted input".</remarks>
internal static class ContextTrust
{
    // set by the platform from the repository and the run
    private static readonly HashSet<string> s_fixedGitHub = new(StringComparer.Ordinal)
    {
        "action", "action_path", "action_ref", "action_repository", "action_status", "actor_id", "api_url", "artifact_cache_size_limit", "env", "event_name", "event_path", "graphql_url",
        "job", "output", "path", "ref_protected", "ref_type", "repository", "repository_id", "repository_owner", "repository_owner_id", "repository_visibility", "repositoryurl",
        "retention_days", "run_attempt", "run_id", "run_number", "secret_source", "server_url", "sha", "state", "step_summary", "token", "workflow", "workflow_ref", "workflow_sha",
        "workspace", "job_workflow_sha",
    };

    // the last part of a payload's path that is a number, a hash, a date, a switch or a word of a fixed list
    private static readonly HashSet<string> s_fixedLeaf = new(StringComparer.Ordinal)
    {
        "id", "node_id", "number", "sha", "created_at", "updated_at", "closed_at", "merged_at", "published_at", "submitted_at", "pushed_at", "timestamp", "date", "type", "state", "status",
        "conclusion", "action", "draft", "prerelease", "merged", "mergeable", "private", "fork", "site_admin", "author_association", "run_number", "run_attempt", "commits_count", "comments",
        "additions", "deletions", "changed_files", "size", "position", "line", "before", "after", "forced", "created", "deleted", "head_sha", "merge_commit_sha", "commit_id", "check_suite_id",
        "workflow_id", "event", "locked", "archived", "disabled", "visibility", "has_issues", "has_wiki", "open_issues", "stargazers_count", "forks_count", "watchers_count", "color", "default",
        "schedule", "gravatar_id", "user_view_type", "allow_auto_merge", "rebaseable", "mergeable_state", "auto_merge", "review_comments", "maintainer_can_modify", "commits",
    };

    // text whose form is set: accounts, addresses of the platform
    private static readonly HashSet<string> s_structuredLeaf = new(StringComparer.Ordinal)
    {
        "login", "slug", "full_name", "name_with_owner", "key", "spdx_id", "language",
    };

    public static Control Of(string path)
    {
        var parts = path.Split('.');
        return parts[0] switch
        {
            "github" when parts.Length == 2 => GitHub(parts[1]),
            "github" when parts.Length > 2 && parts[1] == "event" => Event(parts),
            "github" => Control.Free,
            "runner" or "job" or "strategy" or "vars" or "secrets" => Control.None,
            "needs" when parts[^1] == "result" => Control.None,
            "steps" when parts[^1] is "outcome" or "conclusion" => Control.None,
            "env" or "steps" or "needs" or "inputs" or "matrix" => Control.Unknown,
            // there is no such context: it is empty
            _ => Control.None,
        };
    }

    private static Control GitHub(string name) => name switch
    {
        // a branch's name may hold anything but blanks and a few signs: git-check-ref-format(1)
        "head_ref" or "ref" or "ref_name" or "event" => Control.Free,
        // the target of a pull request is one of the repository's own branches
        "actor" or "triggering_actor" or "base_ref" => Control.Structured,
        _ => s_fixedGitHub.Contains(name) ? Control.None : Control.Free,
    };

    private static Control Event(string[] parts)
    {
        var leaf = parts[^1];
        if (leaf == "*" && parts.Length > 3) leaf = parts[^2];
        if (parts.Length > 3 && parts[2] == "inputs") return Control.Unknown;
        // what belongs to the repository that is attacked is written by its owners
        if (parts[2] is "repository" or "organization" or "installation" or "enterprise" && parts.Length > 3) return Control.None;
        if (s_fixedLeaf.Contains(leaf) && !(leaf == "key" && parts.Length == 4)) return Control.None;
        if (parts is [_, _, "pull_request", "base", _, ..]) return Control.Structured;
        if (s_structuredLeaf.Contains(leaf) || leaf.EndsWith("_url", StringComparison.Ordinal) || leaf == "url" || leaf == "href") return Control.Structured;
        return Control.Free;
    }
}
