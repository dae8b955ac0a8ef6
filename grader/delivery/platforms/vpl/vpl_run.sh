#!/usr/bin/env bash
# VPL's button "Run". Nothing of the student's runs here: outside the sandbox it could read the reference.
cat > vpl_execution << 'END'
#!/usr/bin/env bash
echo "Press Evaluate to be graded. To run the public checks, use python -m pytest in your own repository."
END
chmod +x vpl_execution
