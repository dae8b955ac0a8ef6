#!/usr/bin/env bash
# VPL's button "Evaluate": what is run next is vpl_execution, and VPL reads comments and a grade from its stdout.
# The grader is to be installed on the execution server; nothing that it holds may be among the activity's files.
{
    echo "#!/usr/bin/env bash"
    cat vpl_environment.sh 2> /dev/null # VPL removes it before it runs vpl_execution
    cat << 'END'
told=$(mktemp -d)
trap 'rm -rf "$told"' EXIT
handed_in=.
[ -f submission.zip ] && handed_in=submission.zip
most=${VPL_GRADEMAX:-POINTS}
if [ "${most%%[.,]*}" != POINTS ]; then
    echo "Comment :=>>The activity's maximum grade is $most, and must be POINTS. Tell your instructor."
else
    "${GRADER:-/opt/venv/bin/grader}" grade "$handed_in" --format vpl="$told/vpl" > "$told/log" 2>&1
    case $? in # 4: nothing could be graded, and the comment says why
        0 | 4) cat "$told/vpl" ;;
        *) echo "Comment :=>>FAULT" ;;
    esac
fi
END
} > vpl_execution
chmod +x vpl_execution
